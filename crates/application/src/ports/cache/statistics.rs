//! How well the cache does; one reading, of this process since its start.

use serde::Serialize;
use utoipa::ToSchema;

/// The state of the shared store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BreakerState {
    /// The store answers, and changes of other processes are heard.
    Closed,
    /// It answers again, but what was missed meanwhile is still being made up for.
    HalfOpen,
    /// The store does not answer; requests do without it.
    Open,
}

/// Look-ups of one class at one level. A look-up that misses in memory is made again in Redis.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClassStatistics {
    /// The class of cached values: `reference` or `transactional`.
    pub class: &'static str,
    /// The level of the cache: `memory` or `redis`.
    pub level: &'static str,
    pub hits: u64,
    pub misses: u64,
}

impl ClassStatistics {
    /// Hits among all look-ups, 0 to 1; `None` before the first.
    pub fn hit_rate(&self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all > 0).then(|| self.hits as f64 / all as f64)
    }
}

/// The shared store, as this process sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedisStatistics {
    pub breaker: BreakerState,
    /// The number of times the circuit breaker has opened.
    pub opened: u64,
    /// Operations that failed or took too long.
    pub errors: u64,
    /// Stored values that could not be read and were removed.
    pub undecodable: u64,
    /// Groups that this process has changed and of which Redis has not been told yet.
    pub pending_invalidations: u64,
    /// Changes by other processes that this process has learned of.
    pub remote_invalidations: u64,
    /// The number of times a value was awaited that another process was loading.
    pub awaited: u64,
}

/// Counters of the cache in this process since its start.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheStatistics {
    pub classes: Vec<ClassStatistics>,
    /// The number of values loaded from storage.
    pub loads: u64,
    /// The number of values in memory, and their bytes; both are estimates.
    pub memory_entries: u64,
    pub memory_bytes: u64,
    /// The shared cache in Redis; null when the cache is in this process only.
    pub redis: Option<RedisStatistics>,
}
