use std::sync::Arc;

use application::accounting::ports::accounts::AccountQueries;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::State;
use domain::ids::AccountId;
use http::HeaderMap;

use crate::answer::ApiResult;
use crate::extract::{Ctx, Id};
use crate::routes::cached::cached;

pub async fn get(
    State(queries): State<Arc<dyn AccountQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Id(id): Id<AccountId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = queries.account(tenant, id).await?;
        Ok(view.map(|view| {
            let version = view.version;
            (view, Some(version))
        }))
    };
    cached(&cache, CacheKey::id(tenant, CachedEntity::Account, id.uuid()), &headers, load).await
}
