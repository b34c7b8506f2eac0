//! `/open-items`: what is owed by and to parties, read only.

use std::sync::Arc;

use application::authorize::Access;
use application::error::AppError;
use application::paging::ListSpec;
use application::settlement::ports::{OPEN_ITEM_LIST, SettlementQueries};
use application::settlement::views::OpenItemView;
use axum::extract::State;
use domain::settlement::open_item::OpenItemId;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource};
use crate::operation::Operations;

const READ: Access = Access::Permission("settlement.open_item.read");
const PATH: &str = "/open-items";
const TAG: &str = "open items";

impl ListSpecSource for OpenItemView {
    const SPEC: &'static ListSpec = &OPEN_ITEM_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "What is owed by and to parties: one item for each posted line of a receivable or payable account.",
    );
    ops.get(PATH, list)
        .id("list_open_items")
        .tag(TAG)
        .summary("List open items")
        .description(
            "Every posted line of a receivable or payable account, with the part that is not settled yet. \
             `settledOn[isNull]=true` lists those of which something is open.",
        )
        .access(READ)
        .list::<OpenItemView>(&OPEN_ITEM_LIST);
    ops.get("/open-items/{id}", get)
        .id("get_open_item")
        .tag(TAG)
        .summary("Get an open item")
        .description("`/allocations?debitItemId=` and `?creditItemId=` list what settled it.")
        .access(READ)
        .view::<OpenItemView>();
}

async fn list(
    State(queries): State<Arc<dyn SettlementQueries>>,
    ctx: Ctx,
    params: ListParams<OpenItemView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.open_item_page(tenant, query), params, accept).await
}

async fn get(
    State(queries): State<Arc<dyn SettlementQueries>>,
    ctx: Ctx,
    Id(id): Id<OpenItemId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.open_item(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("open_item"))?;
    answer::view(&view, None, &headers)
}
