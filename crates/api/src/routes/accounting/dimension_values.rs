//! `/dimensions/{id}/values`: the values of a dimension, which may form a tree.

use std::sync::Arc;

use application::accounting::dimensions::create_value::CreateDimensionValue;
use application::accounting::dimensions::delete_value::DeleteDimensionValue;
use application::accounting::dimensions::update_value::UpdateDimensionValue;
use application::accounting::dimensions::{DIMENSION, DIMENSION_VALUE};
use application::accounting::error::{DIMENSION_VALUE_ELSEWHERE, DIMENSION_VALUE_TOO_DEEP};
use application::accounting::ports::dimensions::{DIMENSION_VALUE_LIST, DimensionQueries};
use application::accounting::views::dimension::DimensionValueView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError, IN_USE};
use application::master_data::Reads;
use application::master_data::registry::MasterReads;
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::dimension::{DIMENSION_VALUE_CYCLE, Dimension};
use domain::ids::{DimensionId, DimensionValueId};
use domain::text::{Code, LocalizedName};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Ids, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{Optional, Patch};
use application::reference::{by_id_or_code, patched};

const READ: Access = Access::Permission("accounting.dimension.read");
const TAG: &str = "dimensions";
const PATH: &str = "/dimensions/{id}/values";
const ONE: &str = "/dimensions/{id}/values/{valueId}";

impl ListSpecSource for DimensionValueView {
    const SPEC: &'static ListSpec = &DIMENSION_VALUE_LIST;
}

request! {
    /// A new value of a dimension.
    pub struct CreateDimensionValueBody {
        /// The code that people type, unique in the dimension.
        code: Code = "DMM",
        /// The name.
        name: LocalizedName = { "ar": "الدمام", "en": "Dammam" },
        /// The value above it, by its id.
        parent_id: Option<DimensionValueId>,
        /// The value above it, by its code.
        parent_code: Option<Code>,
        /// Whether lines may use the value; false makes it a heading, below which only other values are used.
        postable: bool => true,
        /// Whether lines may use it.
        active: bool => true,
    }

    /// Changes to a dimension value (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateDimensionValueBody {
        /// The code that people type.
        code: Optional<Code>,
        /// The name.
        name: Optional<LocalizedName>,
        /// The value above it, by its id; null for none.
        parent_id: Patch<DimensionValueId>,
        /// The value above it, by its code; null for none.
        parent_code: Patch<Code>,
        /// Whether lines may use the value; false makes it a heading, below which only other values are used. Posted
        /// lines keep it.
        postable: Optional<bool>,
        /// Whether lines may use it.
        active: Optional<bool>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.get(PATH, list)
        .id("list_dimension_values")
        .tag(TAG)
        .summary("List the values of a dimension")
        .access(READ)
        .list::<DimensionValueView>(&DIMENSION_VALUE_LIST);
    ops.post(PATH, create)
        .id("create_dimension_value")
        .tag(TAG)
        .summary("Create a value of a dimension")
        .command::<CreateDimensionValue>()
        .body::<CreateDimensionValueBody>()
        .created::<DimensionValueView>()
        .errors(&[&ALREADY_EXISTS, &DIMENSION_VALUE_ELSEWHERE, &DIMENSION_VALUE_TOO_DEEP]);
    ops.get(ONE, get)
        .id("get_dimension_value")
        .tag(TAG)
        .summary("Get a value of a dimension")
        .access(READ)
        .view::<DimensionValueView>();
    ops.patch(ONE, update)
        .id("update_dimension_value")
        .tag(TAG)
        .summary("Change a value of a dimension")
        .command::<UpdateDimensionValue>()
        .if_match()
        .body::<UpdateDimensionValueBody>()
        .ok::<DimensionValueView>()
        .errors(&[&ALREADY_EXISTS, &DIMENSION_VALUE_CYCLE, &DIMENSION_VALUE_ELSEWHERE]);
    ops.delete(ONE, delete)
        .id("delete_dimension_value")
        .tag(TAG)
        .summary("Delete an unused value of a dimension")
        .command::<DeleteDimensionValue>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
}

async fn list(
    State(queries): State<Arc<dyn DimensionQueries>>,
    State(dimensions): State<Arc<dyn MasterReads>>,
    ctx: Ctx,
    Id(dimension): Id<DimensionId>,
    params: ListParams<DimensionValueView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let found = Reads::<Dimension>::one(&*dimensions, tenant, dimension).await?;
    found.ok_or_else(|| AppError::not_found(DIMENSION))?;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.dimension_values(tenant, dimension, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Id(dimension): Id<DimensionId>,
    Json(body): Json<CreateDimensionValueBody>,
) -> ApiResult {
    let command = CreateDimensionValue {
        dimension,
        code: body.code,
        name: body.name,
        parent: by_id_or_code(body.parent_id, body.parent_code),
        postable: body.postable,
        active: body.active,
    };
    let collection = format!("/dimensions/{dimension}/values");
    answer::created(&collection, execute(&app, &ctx, command).await?)
}

async fn get(
    State(queries): State<Arc<dyn DimensionQueries>>,
    ctx: Ctx,
    Ids(dimension, id): Ids<DimensionId, DimensionValueId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.dimension_value(ctx.tenant, dimension, id).await?;
    let view = view.ok_or_else(|| AppError::not_found(DIMENSION_VALUE))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Ids(dimension, id): Ids<DimensionId, DimensionValueId>,
    Json(body): Json<UpdateDimensionValueBody>,
) -> ApiResult {
    let command = UpdateDimensionValue {
        dimension,
        id,
        code: body.code.0,
        name: body.name.0,
        parent: patched(body.parent_id, body.parent_code),
        postable: body.postable.0,
        active: body.active.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(
    State(app): State<Application>,
    ctx: Ctx,
    Ids(dimension, id): Ids<DimensionId, DimensionValueId>,
) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteDimensionValue { dimension, id }).await?)
}
