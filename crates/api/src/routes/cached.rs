//! Reference data answered from the cache: single resources and pages of lists.

use std::future::Future;
use std::sync::Arc;

use application::error::{AppError, AppResult};
use application::ports::cache::{Cache, CacheKey, Cached, CachedEntity, ListHash};
use axum::extract::RawQuery;
use http::HeaderMap;
use serde::Serialize;

use crate::answer::{self, ApiResult, to_bytes};
use crate::extract::Ctx;

/// The cached answer of one thing, or what `load` reads with its version; nothing there is 404.
pub async fn cached<T, F>(cache: &Arc<dyn Cache>, key: CacheKey, headers: &HeaderMap, load: F) -> ApiResult
where
    T: Serialize,
    F: Future<Output = AppResult<Option<(T, Option<i64>)>>> + Send + 'static,
{
    let load = async move {
        let Some((view, version)) = load.await? else { return Ok(None) };
        Ok(Some(Cached { body: to_bytes(&view)?, version }))
    };
    let resource = key.entity.name();
    let found = cache.get_or_load(key, Box::new(|| Box::pin(load))).await?;
    answer::cached(found.ok_or_else(|| AppError::not_found(resource))?, headers)
}

/// Where a page of a list is kept: by parameters, language and the rights of its reader.
pub fn list_key(ctx: &Ctx, entity: CachedEntity, query: &RawQuery) -> CacheKey {
    let query = query.0.as_deref().unwrap_or_default();
    CacheKey::list(
        ctx.tenant,
        entity,
        ListHash::of_list(query, ctx.language.as_str(), &ctx.permissions.scope()),
    )
}
