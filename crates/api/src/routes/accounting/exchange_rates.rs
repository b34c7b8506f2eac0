//! `/exchange-rates`: company units for one unit of a currency, from a date until the next rate.

use std::sync::Arc;

use application::accounting::error::{COMPANY_CURRENCY_RATE, EXCHANGE_RATE_REPEATED};
use application::accounting::exchange_rates::EXCHANGE_RATE;
use application::accounting::exchange_rates::create::CreateExchangeRate;
use application::accounting::exchange_rates::delete::DeleteExchangeRate;
use application::accounting::exchange_rates::save_many::{RateInput, SaveExchangeRates};
use application::accounting::exchange_rates::update::UpdateExchangeRate;
use application::accounting::ports::exchange_rates::{
    EXCHANGE_RATE_LIST, ExchangeRateQueries, RATES_MAX, SOURCE_LENGTH_MAX,
};
use application::accounting::views::currency::{EffectiveRateView, ExchangeRateView, ExchangeRatesSavedView};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError, NOT_FOUND};
use application::paging::ListSpec;
use application::ports::clock::Clock;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::ids::ExchangeRateId;
use domain::money::{CurrencyCode, Rate};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource, Query};
use crate::operation::Operations;
use crate::wire::{List, Optional, Patch, Text};
use crate::{query, request};

const READ: Access = Access::Permission("accounting.exchange_rate.read");
const PATH: &str = "/exchange-rates";
const TAG: &str = "exchange rates";

impl ListSpecSource for ExchangeRateView {
    const SPEC: &'static ListSpec = &EXCHANGE_RATE_LIST;
}

request! {
    /// An exchange rate that applies from a date on.
    pub struct CreateExchangeRateBody {
        /// The currency, which must not be the company currency.
        currency: CurrencyCode = "USD",
        /// The first day on which the rate applies. It applies until the next rate of the currency.
        date: NaiveDate = "2026-01-01",
        /// Units of the company currency for one unit of the currency.
        rate: Rate = "3.75",
        /// The source of the rate.
        source: Option<Text<SOURCE_LENGTH_MAX>> = "SAMA",
    }

    /// A change of the exchange rate (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateExchangeRateBody {
        /// Units of the company currency for one unit of the currency.
        rate: Optional<Rate>,
        /// The source of the rate.
        source: Patch<Text<SOURCE_LENGTH_MAX>>,
    }

    /// Several exchange rates at once.
    pub struct SaveExchangeRatesBody {
        /// The rates, each currency and date once. Existing rates are replaced.
        items: List<CreateExchangeRateBody, RATES_MAX, 1>,
    }
}

query! {
    /// Which rate.
    pub struct EffectiveRateQuery {
        /// The currency.
        currency: CurrencyCode,
        /// The day for which the rate is needed; today by default.
        date: Option<NaiveDate>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Company units for one unit of a currency, from a date until the next rate.");
    ops.get(PATH, list)
        .id("list_exchange_rates")
        .tag(TAG)
        .summary("List exchange rates")
        .access(READ)
        .list::<ExchangeRateView>(&EXCHANGE_RATE_LIST);
    ops.post(PATH, create)
        .id("create_exchange_rate")
        .tag(TAG)
        .summary("Create an exchange rate")
        .command::<CreateExchangeRate>()
        .body::<CreateExchangeRateBody>()
        .created::<ExchangeRateView>()
        .errors(&[&ALREADY_EXISTS, &CURRENCY_UNKNOWN, &COMPANY_CURRENCY_RATE]);
    ops.post("/exchange-rates/bulk", save_many)
        .id("save_exchange_rates")
        .tag(TAG)
        .summary("Create or replace up to 1,000 exchange rates")
        .description("All rates are saved or none is; every error is listed at once.")
        .command::<SaveExchangeRates>()
        .body::<SaveExchangeRatesBody>()
        .ok::<ExchangeRatesSavedView>()
        .errors(&[&EXCHANGE_RATE_REPEATED, &CURRENCY_UNKNOWN, &COMPANY_CURRENCY_RATE]);
    ops.get("/exchange-rates/effective", effective)
        .id("get_effective_exchange_rate")
        .tag(TAG)
        .summary("Get the rate that applies on a date")
        .description("Answers the latest rate up to that date, or 1 for the company currency.")
        .access(READ)
        .query::<EffectiveRateQuery>()
        .ok::<EffectiveRateView>()
        .errors(&[&NOT_FOUND]);
    ops.get("/exchange-rates/{id}", get)
        .id("get_exchange_rate")
        .tag(TAG)
        .summary("Get an exchange rate")
        .access(READ)
        .view::<ExchangeRateView>();
    ops.patch("/exchange-rates/{id}", update)
        .id("update_exchange_rate")
        .tag(TAG)
        .summary("Change an exchange rate")
        .command::<UpdateExchangeRate>()
        .if_match()
        .body::<UpdateExchangeRateBody>()
        .ok::<ExchangeRateView>();
    ops.delete("/exchange-rates/{id}", delete)
        .id("delete_exchange_rate")
        .tag(TAG)
        .summary("Delete an exchange rate")
        .description("Entries posted with the rate keep it.")
        .command::<DeleteExchangeRate>()
        .if_match()
        .no_content();
}

async fn list(
    State(queries): State<Arc<dyn ExchangeRateQueries>>,
    ctx: Ctx,
    params: ListParams<ExchangeRateView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.exchange_rates(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateExchangeRateBody>,
) -> ApiResult {
    let RateInput { currency, date, rate, source } = input(body);
    let command = CreateExchangeRate { currency, date, rate, source };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}

fn input(body: CreateExchangeRateBody) -> RateInput {
    let source = body.source.map(String::from).filter(|source| !source.is_empty());
    RateInput { currency: body.currency, date: body.date, rate: body.rate, source }
}

async fn save_many(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<SaveExchangeRatesBody>,
) -> ApiResult {
    let rates = body.items.0.into_iter().map(input).collect();
    answer::ok(execute(&app, &ctx, SaveExchangeRates { rates }).await?)
}

async fn effective(
    State(queries): State<Arc<dyn ExchangeRateQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Query(query): Query<EffectiveRateQuery>,
) -> ApiResult {
    let date = query.date.unwrap_or_else(|| ctx.today(clock.now()));
    let rate = queries.effective_rate(ctx.tenant, query.currency, date).await?;
    answer::json(&rate.ok_or_else(|| AppError::not_found(EXCHANGE_RATE))?)
}

async fn get(
    State(queries): State<Arc<dyn ExchangeRateQueries>>,
    ctx: Ctx,
    Id(id): Id<ExchangeRateId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.exchange_rate(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found(EXCHANGE_RATE))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<ExchangeRateId>,
    Json(body): Json<UpdateExchangeRateBody>,
) -> ApiResult {
    let command =
        UpdateExchangeRate { id, rate: body.rate.0, source: body.source.map(String::from).into_option() };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<ExchangeRateId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteExchangeRate { id }).await?)
}
