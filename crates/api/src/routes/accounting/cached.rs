//! Single resources of reference data, answered from the cache.

use std::future::Future;
use std::sync::Arc;

use application::error::{AppError, AppResult};
use application::ports::cache::{Cache, CacheKey, CachePolicy, Cached};
use domain::ids::TenantId;
use http::HeaderMap;
use serde::Serialize;

use crate::answer::{self, ApiResult, to_bytes};

/// The module of every key.
const MODULE: &str = "accounting";

/// The cached answer of one thing, or what `load` reads with its version; nothing there is 404. `entity` is that of
/// the changes which make it stale.
pub async fn cached<T, F>(
    cache: &Arc<dyn Cache>,
    (tenant, entity, id): (TenantId, &'static str, String),
    headers: &HeaderMap,
    load: F,
) -> ApiResult
where
    T: Serialize,
    F: Future<Output = AppResult<Option<(T, Option<i64>)>>> + Send + 'static,
{
    let load = async move {
        let Some((view, version)) = load.await? else { return Ok(None) };
        Ok(Some(Cached { body: to_bytes(&view)?, version }))
    };
    let key = CacheKey { tenant, module: MODULE, entity, id };
    let found = cache.get_or_load(key, CachePolicy::Reference, Box::new(|| Box::pin(load))).await?;
    answer::cached(found.ok_or_else(|| AppError::not_found(entity))?, headers)
}
