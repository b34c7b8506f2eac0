//! `/dimensions`: ways to analyse lines.

use std::sync::Arc;

use application::accounting::dimensions::create::CreateDimension;
use application::accounting::dimensions::delete::DeleteDimension;
use application::accounting::dimensions::update::UpdateDimension;
use application::accounting::ports::dimensions::{DIMENSION_LIST, DimensionQueries};
use application::accounting::views::dimension::DimensionView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, IN_USE};
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::{RawQuery, State};
use domain::ids::DimensionId;
use domain::text::{Code, LocalizedName};
use http::HeaderMap;

use super::cached::{cached, list_key};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::Optional;

pub(super) const READ: Access = Access::Permission("accounting.dimension.read");
pub(super) const TAG: &str = "dimensions";
const PATH: &str = "/dimensions";

impl ListSpecSource for DimensionView {
    const SPEC: &'static ListSpec = &DIMENSION_LIST;
}

request! {
    /// A new dimension.
    pub struct CreateDimensionBody {
        /// The code people type; lines name the dimension by it.
        code: Code = "vehicle",
        /// Its name.
        name: LocalizedName = { "ar": "المركبة", "en": "Vehicle" },
        /// May be used on lines.
        active: bool => true,
    }

    /// Changes to a dimension (JSON Merge Patch): left out stays.
    pub struct UpdateDimensionBody {
        /// The code people type.
        code: Optional<Code>,
        /// Its name.
        name: Optional<LocalizedName>,
        /// May be used on lines.
        active: Optional<bool>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Ways to analyse lines: cost centre, project, branch and own ones, with their values.");
    ops.get(PATH, list)
        .id("list_dimensions")
        .tag(TAG)
        .summary("List dimensions")
        .access(READ)
        .list::<DimensionView>(&DIMENSION_LIST);
    ops.post(PATH, create)
        .id("create_dimension")
        .tag(TAG)
        .summary("Create a dimension")
        .command::<CreateDimension>()
        .body::<CreateDimensionBody>()
        .created::<DimensionView>()
        .errors(&[&ALREADY_EXISTS]);
    ops.get("/dimensions/{id}", get)
        .id("get_dimension")
        .tag(TAG)
        .summary("Get a dimension")
        .access(READ)
        .view::<DimensionView>();
    ops.patch("/dimensions/{id}", update)
        .id("update_dimension")
        .tag(TAG)
        .summary("Change a dimension")
        .command::<UpdateDimension>()
        .if_match()
        .body::<UpdateDimensionBody>()
        .ok::<DimensionView>()
        .errors(&[&ALREADY_EXISTS]);
    ops.delete("/dimensions/{id}", delete)
        .id("delete_dimension")
        .tag(TAG)
        .summary("Delete a dimension without values")
        .command::<DeleteDimension>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
}

async fn list(
    State(queries): State<Arc<dyn DimensionQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    query: RawQuery,
    params: ListParams<DimensionView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.dimensions(tenant, &query).await }
    };
    let key = list_key(&ctx, CachedEntity::Dimension, &query);
    answer::cached_list(&*cache, key, page, params.into_inner(), accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateDimensionBody>,
) -> ApiResult {
    let command = CreateDimension { code: body.code, name: body.name, active: body.active };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}

async fn get(
    State(queries): State<Arc<dyn DimensionQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Id(id): Id<DimensionId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = queries.dimension(tenant, id).await?;
        Ok(view.map(|view| {
            let version = view.version;
            (view, Some(version))
        }))
    };
    cached(&cache, CacheKey::id(tenant, CachedEntity::Dimension, id.uuid()), &headers, load).await
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DimensionId>,
    Json(body): Json<UpdateDimensionBody>,
) -> ApiResult {
    let command = UpdateDimension { id, code: body.code.0, name: body.name.0, active: body.active.0 };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<DimensionId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteDimension { id }).await?)
}
