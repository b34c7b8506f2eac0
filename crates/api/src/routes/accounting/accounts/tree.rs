use std::sync::Arc;

use application::accounting::accounts::read;
use application::accounting::ports::accounts::AccountQueries;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::State;
use http::HeaderMap;

use super::dto::AccountTreeQuery;
use crate::answer::ApiResult;
use crate::extract::{Ctx, Query};
use crate::routes::cached::cached;

pub async fn tree(
    State(queries): State<Arc<dyn AccountQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Query(query): Query<AccountTreeQuery>,
    headers: HeaderMap,
) -> ApiResult {
    let (tenant, flat) = (ctx.tenant, query.flat);
    let name = if flat { "tree-flat" } else { "tree-nested" };
    let load = async move { read::tree(&*queries, tenant, flat).await.map(|tree| Some((tree, None))) };
    cached(&cache, CacheKey::name(tenant, CachedEntity::Account, name), &headers, load).await
}
