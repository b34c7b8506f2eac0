//! One resource through the cache: read from storage once, then from memory until something of its kind changes.

use std::future::Future;

use application::error::{AppError, AppResult};
use application::ports::cache::{Cache, CacheKey, Cached, CachedEntity, Load};
use domain::ids::TenantId;
use http::HeaderMap;
use serde::Serialize;
use uuid::Uuid;

use super::{ApiResult, cached, to_bytes};

/// Which resource, and where its view keeps its version.
pub struct CachedView<T> {
    pub entity: CachedEntity,
    pub id: Uuid,
    pub version: fn(&T) -> i64,
}

/// 200 with its `ETag`, 304 for a caller who has it, 404 when `load` finds nothing.
pub async fn reference<T, F>(
    cache: &dyn Cache,
    tenant: TenantId,
    view: CachedView<T>,
    load: F,
    headers: &HeaderMap,
) -> ApiResult
where
    T: Serialize + 'static,
    F: Future<Output = AppResult<Option<T>>> + Send + 'static,
{
    let CachedView { entity, id, version } = view;
    let key = CacheKey::id(tenant, entity, id);
    let load: Load = Box::new(move || {
        Box::pin(async move {
            let Some(view) = load.await? else { return Ok(None) };
            Ok(Some(Cached { body: to_bytes(&view)?, version: Some(version(&view)) }))
        })
    });
    let found = cache.get_or_load(key, load).await?;
    cached(found.ok_or_else(|| AppError::not_found(entity.name()))?, headers)
}
