//! The cache of one process alone: the embedded profile's.

use application::error::{AppError, AppResult};
use application::ports::cache::{Cache, CacheKey, CacheStatistics, Cached, CachedEntity, Flushed, Load};
use async_trait::async_trait;
use domain::ids::TenantId;

use super::local::{Entry, Local, life};
use super::statistics::Lookups;
use super::ttl::Lives;

pub use super::local::CACHED_BYTES_MAX;
pub use super::ttl::Ttl;

/// Bytes of answers kept unless configured.
pub const CACHE_BYTES_DEFAULT: u64 = 16 * 1024 * 1024;
/// There is nothing to be cut off from.
const EPOCH: u64 = 0;

pub struct MemoryCache {
    local: Local,
    lives: Lives,
    lookups: Lookups,
}

impl MemoryCache {
    pub fn new(bytes_max: u64, ttl: Ttl) -> Self {
        Self { local: Local::new(bytes_max), lives: Lives::new(ttl), lookups: Lookups::default() }
    }

    /// Sets the lives of values that are stored from now on.
    pub fn set_ttl(&self, ttl: Ttl) {
        self.lives.set(ttl);
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get_or_load(&self, key: CacheKey, load: Load) -> AppResult<Option<Cached>> {
        let policy = key.policy();
        let generation = self.local.generation(&key);
        let mut missed = false;
        let fetch = async {
            missed = true;
            self.lookups.loads.add();
            let cached = load().await.map_err(Some)?.ok_or(None::<AppError>)?;
            let ttl = life(&cached, self.lives.of(policy));
            Ok(Entry { cached, ttl })
        };
        let found = self.local.get_or_fetch(key, generation, EPOCH, fetch).await;
        self.lookups.memory(policy, !missed);
        found
    }

    fn peek(&self, key: &CacheKey) -> Option<Cached> {
        let found = self.local.peek(key, EPOCH);
        if found.is_some() {
            self.lookups.memory(key.policy(), true);
        }
        found
    }

    async fn invalidate(&self, tenant: TenantId, entities: &[&'static str]) {
        self.local.raise(tenant, &CachedEntity::touched_by(entities));
    }

    async fn flush(&self, pattern: &str, dry_run: bool) -> AppResult<Flushed> {
        Ok(Flushed { keys: self.local.flush(pattern, EPOCH, dry_run).await, complete: true })
    }

    fn statistics(&self) -> CacheStatistics {
        let (memory_entries, memory_bytes) = self.local.size();
        CacheStatistics {
            classes: self.lookups.read(false),
            loads: self.lookups.loads.read(),
            memory_entries,
            memory_bytes,
            redis: None,
        }
    }
}
