//! Cached reads. A cache may always miss; it MUST NOT answer with what a finished write of this process replaced, and
//! what another process replaced at most a moment longer (F10).

mod entity;
mod key;
mod statistics;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::ids::TenantId;
use domain::time::Timestamp;
use futures::future::BoxFuture;

pub use entity::{ACCESS_ENTITY, CachePolicy, CachedEntity};
pub use key::{CacheKey, ListHash, Slot};
pub use statistics::{BreakerState, CacheStatistics, ClassStatistics, RedisStatistics};

use crate::error::AppResult;

/// A cached answer: its bytes and the version its ETag is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    pub body: Bytes,
    pub version: Option<i64>,
}

pub type Load = Box<dyn FnOnce() -> BoxFuture<'static, AppResult<Option<Cached>>> + Send>;

/// The number of values that a flush removed, or would remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flushed {
    pub keys: u64,
    /// Whether every key was looked at: false when the flush ended at its limit of keys or time.
    pub complete: bool,
}

#[async_trait]
pub trait Cache: Send + Sync {
    /// The cached value, or what `load` gives; concurrent misses of one key load once. `None` is not cached.
    async fn get_or_load(&self, key: CacheKey, load: Load) -> AppResult<Option<Cached>>;
    /// A value that is already there; never loads and never waits.
    fn peek(&self, key: &CacheKey) -> Option<Cached>;
    /// Called after the commit and before the answer, with the entities of the recorded changes.
    async fn invalidate(&self, tenant: TenantId, entities: &[&'static str]);
    /// Removes the values whose keys match a pattern (`*`, `?`, `[a-z]`, `\`), or only counts them. Whose keys a caller
    /// may name is decided before. MUST answer `temporarily_unavailable` when a shared store cannot be asked.
    async fn flush(&self, pattern: &str, dry_run: bool) -> AppResult<Flushed>;
    fn statistics(&self) -> CacheStatistics;
    /// Calls `listener` whenever another process announces a change of a tenant. A cache of one process never does.
    fn on_remote_change(&self, _listener: Arc<dyn Fn(TenantId) + Send + Sync>) {}
}

pub type SharedCache = Arc<dyn Cache>;

/// The changes that the books themselves record. A shared cache asks after it was cut off, because then others may
/// have changed things without its hearing of it.
#[async_trait]
pub trait RecentChanges: Send + Sync {
    /// Entities with recorded changes since then, as [`Cache::invalidate`] takes them. MUST name every entity of a
    /// tenant that has more changes than it looked at.
    async fn changed_since(&self, since: Timestamp) -> AppResult<Vec<(TenantId, Vec<&'static str>)>>;
}
