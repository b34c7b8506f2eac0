//! The caches: one suite on both, and what only several processes and a real Redis show.

mod chaos;
mod connections;
mod faults;
mod flush;
mod http;
mod nodes;
mod suite;

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::ports::cache::{BreakerState, Cache, RecentChanges, RedisStatistics};
use infrastructure::cache::Ttl;
use infrastructure::cache::connection_string::RedisOptions;
use infrastructure::cache::layered::{LayeredCache, LayeredParts};
use infrastructure::cache::memory::CACHE_BYTES_DEFAULT;
use infrastructure::cache::redis::Timings;
use infrastructure::system::{SystemClock, SystemIds};

/// Longest wait for what happens soon.
const SOON: Duration = Duration::from_secs(15);

/// Timings in the proportions of the defaults, but shorter.
pub fn timings() -> Timings {
    Timings {
        heartbeat: Duration::from_millis(50),
        lease: Duration::from_millis(700),
        retry: Duration::from_millis(50),
        connect_max: Duration::from_millis(800),
        quarantine: Duration::from_millis(300),
    }
}

pub fn options(text: &str) -> RedisOptions {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn parts(options: RedisOptions) -> LayeredParts {
    LayeredParts {
        options,
        ttl: Ttl::default(),
        memory_bytes: CACHE_BYTES_DEFAULT,
        schema: "test".to_owned(),
        hash_tag: false,
        timings: timings(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        recent: None,
    }
}

/// One process's cache, not yet connected.
pub fn node(text: &str) -> Arc<LayeredCache> {
    Arc::new(LayeredCache::connect(parts(options(text))))
}

pub fn node_with(text: &str, recent: Arc<dyn RecentChanges>) -> Arc<LayeredCache> {
    Arc::new(LayeredCache::connect(LayeredParts { recent: Some(recent), ..parts(options(text)) }))
}

pub fn redis(cache: &dyn Cache) -> RedisStatistics {
    cache.statistics().redis.unwrap()
}

pub async fn until(what: &str, mut holds: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < SOON, "not within {SOON:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}

pub async fn state(cache: &dyn Cache, wanted: BreakerState) -> Duration {
    until(&format!("{wanted:?}"), || redis(cache).breaker == wanted).await
}

/// A process's cache that uses Redis already.
pub async fn ready(text: &str) -> Arc<LayeredCache> {
    let cache = node(text);
    state(&*cache, BreakerState::Closed).await;
    cache
}
