//! `/currencies`: what entries may be in.

use std::sync::Arc;

use application::accounting::currencies::CURRENCY;
use application::accounting::currencies::create::CreateCurrency;
use application::accounting::currencies::delete::DeleteCurrency;
use application::accounting::currencies::update::UpdateCurrency;
use application::accounting::error::COMPANY_CURRENCY_FIXED;
use application::accounting::ports::currencies::{CURRENCY_LIST, CurrencyQueries};
use application::accounting::views::currency::CurrencyView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError, IN_USE};
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::{Path, RawQuery, State};
use domain::money::{AMOUNT_SCALE, CurrencyCode};
use domain::text::LocalizedName;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue};

use super::cached::{cached, list_key};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Json, ListParams, ListSpecSource};
use crate::operation::{API_BASE, Operations};
use crate::problem::Problem;
use crate::request;
use crate::wire::{Int, Optional};

const READ: Access = Access::Permission("accounting.currency.read");
const PATH: &str = "/currencies";
const TAG: &str = "currencies";
const CODE: &str = "The code of ISO 4217, such as `SAR`.";

impl ListSpecSource for CurrencyView {
    const SPEC: &'static ListSpec = &CURRENCY_LIST;
}

request! {
    /// A currency that entries may be in.
    pub struct CreateCurrencyBody {
        /// Three letters of ISO 4217.
        code: CurrencyCode = "EGP",
        /// Its name.
        name: LocalizedName = { "ar": "جنيه مصري", "en": "Egyptian pound" },
        /// Decimals of its amounts; those of ISO 4217 when left out. They never change.
        scale: Option<Int<0, { AMOUNT_SCALE as i64 }>>,
        /// Takes entries.
        active: bool => true,
    }

    /// Changes to a currency (JSON Merge Patch): left out stays.
    pub struct UpdateCurrencyBody {
        /// Its name.
        name: Optional<LocalizedName>,
        /// Takes entries; the company currency always does.
        active: Optional<bool>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Currencies that entries may be in; the company currency is always there.");
    ops.get(PATH, list)
        .id("list_currencies")
        .tag(TAG)
        .summary("List currencies")
        .access(READ)
        .list::<CurrencyView>(&CURRENCY_LIST);
    ops.post(PATH, create)
        .id("create_currency")
        .tag(TAG)
        .summary("Create a currency")
        .command::<CreateCurrency>()
        .body::<CreateCurrencyBody>()
        .created::<CurrencyView>()
        .errors(&[&ALREADY_EXISTS]);
    ops.get("/currencies/{code}", get)
        .id("get_currency")
        .tag(TAG)
        .summary("Get a currency")
        .access(READ)
        .path_parameter::<CurrencyCode>("code", CODE)
        .view::<CurrencyView>();
    ops.patch("/currencies/{code}", update)
        .id("update_currency")
        .tag(TAG)
        .summary("Change a currency")
        .command::<UpdateCurrency>()
        .if_match()
        .path_parameter::<CurrencyCode>("code", CODE)
        .body::<UpdateCurrencyBody>()
        .ok::<CurrencyView>()
        .errors(&[&COMPANY_CURRENCY_FIXED]);
    ops.delete("/currencies/{code}", delete)
        .id("delete_currency")
        .tag(TAG)
        .summary("Delete an unused currency")
        .command::<DeleteCurrency>()
        .if_match()
        .path_parameter::<CurrencyCode>("code", CODE)
        .no_content()
        .errors(&[&COMPANY_CURRENCY_FIXED, &IN_USE]);
}

/// What is no code is the code of nothing: 404.
fn code(text: &str) -> Result<CurrencyCode, Problem> {
    CurrencyCode::parse(text).map_err(|_| AppError::not_found(CURRENCY).into())
}

async fn list(
    State(queries): State<Arc<dyn CurrencyQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    query: RawQuery,
    params: ListParams<CurrencyView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.currencies(tenant, &query).await }
    };
    let key = list_key(&ctx, CachedEntity::Currency, &query);
    answer::cached_list(&*cache, key, page, params.into_inner(), accept).await
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateCurrencyBody>) -> ApiResult {
    let command = CreateCurrency {
        code: body.code,
        name: body.name,
        scale: body.scale.and_then(|scale| u8::try_from(scale.0).ok()),
        active: body.active,
    };
    let code = command.code;
    let mut response = answer::created(PATH, execute(&app, &ctx, command).await?)?;
    if let Ok(location) = HeaderValue::try_from(format!("{API_BASE}{PATH}/{code}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

async fn get(
    State(queries): State<Arc<dyn CurrencyQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> ApiResult {
    let (tenant, code) = (ctx.tenant, code(&text)?);
    let load = async move {
        let view = queries.currency(tenant, code).await?;
        Ok(view.map(|view| {
            let version = view.version;
            (view, Some(version))
        }))
    };
    cached(&cache, CacheKey::name(tenant, CachedEntity::Currency, code.to_string()), &headers, load).await
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Path(text): Path<String>,
    Json(body): Json<UpdateCurrencyBody>,
) -> ApiResult {
    let command = UpdateCurrency { code: code(&text)?, name: body.name.0, active: body.active.0 };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Path(text): Path<String>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteCurrency { code: code(&text)? }).await?)
}
