use std::sync::Arc;

use application::accounting::accounts::{ACCOUNT, read};
use application::accounting::ports::accounts::AccountQueries;
use application::ports::cache::Cache;
use axum::extract::State;
use http::HeaderMap;

use super::dto::AccountTreeQuery;
use crate::answer::ApiResult;
use crate::extract::{Ctx, Query};
use crate::routes::accounting::cached::cached;

pub async fn tree(
    State(queries): State<Arc<dyn AccountQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Query(query): Query<AccountTreeQuery>,
    headers: HeaderMap,
) -> ApiResult {
    let (tenant, flat) = (ctx.tenant, query.flat);
    let id = if flat { "tree:flat" } else { "tree:nested" }.to_owned();
    let load = async move { read::tree(&*queries, tenant, flat).await.map(|tree| Some((tree, None))) };
    cached(&cache, (tenant, ACCOUNT, id), &headers, load).await
}
