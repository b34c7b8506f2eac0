//! `/admin/cache`: flushing values by pattern, and how well the cache does.

use std::sync::Arc;

use application::authorize::Access;
use application::command::Application;
use application::error::TEMPORARILY_UNAVAILABLE;
use application::platform::cache::{CacheFlushView, PATTERN_LENGTH_MAX, RecordCacheFlush, flush};
use application::platform::error::{CACHE_PATTERN_OUTSIDE_TENANT, INVALID_CACHE_PATTERN};
use application::ports::cache::{Cache, CacheStatistics};
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;
use crate::wire::Text;

const TAG: &str = "admin";

request! {
    /// The cached values to remove.
    pub struct FlushCacheBody {
        /// A pattern for keys: `{tenant}:{module}:{entity}:{id}` with `*`, `?`, `[a-z]` and `\\`, beginning with the id
        /// of your tenant. Platform administrators may use any pattern, including a bare `*`.
        pattern: Text<PATTERN_LENGTH_MAX> = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11:accounting:account:*",
        /// Whether only to count what would be removed; the same as the parameter.
        dry_run: bool => false,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.post("/admin/cache/flush", flush_cache)
        .id("flush_cache")
        .tag(TAG)
        .summary("Flush cached values")
        .description(
            "Removes the values whose keys match the pattern from every node, and answers how many there \
             were. They are loaded again on demand.",
        )
        .command::<RecordCacheFlush>()
        .body::<FlushCacheBody>()
        .ok::<CacheFlushView>()
        .errors(&[&CACHE_PATTERN_OUTSIDE_TENANT, &INVALID_CACHE_PATTERN, &TEMPORARILY_UNAVAILABLE]);
    ops.get("/admin/cache/statistics", statistics)
        .id("get_cache_statistics")
        .tag(TAG)
        .summary("Read the statistics of the cache")
        .description("Hits and misses by class and level, counted in the answering process since its start.")
        .access(Access::PlatformAdmin)
        .ok::<CacheStatistics>();
}

async fn flush_cache(
    ctx: Ctx,
    State(app): State<Application>,
    Json(body): Json<FlushCacheBody>,
) -> ApiResult {
    let mut ctx = ctx.0;
    ctx.dry_run |= body.dry_run;
    answer::ok(flush(&app, &ctx, &body.pattern).await?)
}

async fn statistics(State(cache): State<Arc<dyn Cache>>) -> ApiResult {
    answer::json(&cache.statistics())
}
