//! The in-process cache: bounded by bytes, single flight, and made stale by generation.
//!
//! Each (tenant, entity) has a generation that a write raises. A value is kept under the generation seen before it was
//! loaded, so a slow reader can never put back what a write replaced.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use application::error::{AppError, AppResult};
use application::ports::cache::{Cache, CacheKey, CachePolicy, Cached, Load};
use async_trait::async_trait;
use domain::ids::TenantId;
use futures::FutureExt;
use moka::Expiry;

/// Bytes of answers kept unless configured.
pub const CACHE_BYTES_DEFAULT: u64 = 16 * 1024 * 1024;
/// Largest answer that is kept, in bytes.
pub const CACHED_BYTES_MAX: usize = 1024 * 1024;
/// (tenant, entity) pairs whose generation is remembered; forgetting one makes its values stale.
const GENERATIONS_MAX: u64 = 100_000;

#[derive(Clone)]
struct Entry {
    cached: Cached,
    ttl: Duration,
}

/// A key as of one generation of its group: a load begun before a write is never shared with a reader after it.
type Key = (CacheKey, u64);

struct PerEntry;

impl Expiry<Key, Entry> for PerEntry {
    fn expire_after_create(&self, _: &Key, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }
    fn expire_after_update(
        &self,
        _: &Key,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}

/// How long each class of value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ttl {
    pub reference: Duration,
    pub transactional: Duration,
}

impl Default for Ttl {
    fn default() -> Self {
        Self { reference: Duration::from_secs(300), transactional: Duration::from_secs(60) }
    }
}

pub struct MemoryCache {
    entries: moka::future::Cache<Key, Entry>,
    generations: moka::sync::Cache<(TenantId, &'static str), Arc<AtomicU64>>,
    next_generation: AtomicU64,
    ttl: RwLock<Ttl>,
}

impl MemoryCache {
    pub fn new(bytes_max: u64, ttl: Ttl) -> Self {
        let weigh = |key: &Key, entry: &Entry| {
            u32::try_from(entry.cached.body.len() + key.0.id.len() + 200).unwrap_or(u32::MAX)
        };
        let entries = moka::future::Cache::builder()
            .max_capacity(bytes_max)
            .weigher(weigh)
            .expire_after(PerEntry)
            .build();
        let generations = moka::sync::Cache::new(GENERATIONS_MAX);
        Self { entries, generations, next_generation: AtomicU64::new(1), ttl: RwLock::new(ttl) }
    }

    /// Other lives for what is loaded from now on.
    pub fn set_ttl(&self, ttl: Ttl) {
        *self.ttl.write().unwrap_or_else(PoisonError::into_inner) = ttl;
    }

    /// Never repeats, so that a generation forgotten and made anew matches no older value.
    fn fresh(&self) -> u64 {
        self.next_generation.fetch_add(1, Ordering::Relaxed)
    }

    fn generation(&self, tenant: TenantId, entity: &'static str) -> u64 {
        let cell = self.generations.get_with((tenant, entity), || Arc::new(AtomicU64::new(self.fresh())));
        cell.load(Ordering::Acquire)
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get_or_load(&self, key: CacheKey, policy: CachePolicy, load: Load) -> AppResult<Option<Cached>> {
        let generation = self.generation(key.tenant, key.entity);
        let ttl = *self.ttl.read().unwrap_or_else(PoisonError::into_inner);
        let ttl = match policy {
            CachePolicy::Reference => ttl.reference,
            CachePolicy::Transactional => ttl.transactional,
        };
        // An absence and an error both leave the loader as an error of the cache, so that nothing is stored.
        let loaded = self.entries.try_get_with::<_, Option<AppError>>((key, generation), async move {
            let cached = load().await.map_err(Some)?.ok_or(None::<AppError>)?;
            let ttl = if cached.body.len() > CACHED_BYTES_MAX { Duration::ZERO } else { ttl };
            Ok(Entry { cached, ttl })
        });
        match loaded.await {
            Ok(entry) => Ok(Some(entry.cached)),
            // Whoever shares a failed load is told the same.
            Err(error) => error.as_ref().clone().map_or(Ok(None), Err),
        }
    }

    fn peek(&self, key: &CacheKey) -> Option<Cached> {
        let generation = self.generation(key.tenant, key.entity);
        let entry = self.entries.get(&(key.clone(), generation)).now_or_never()??;
        Some(entry.cached)
    }

    async fn invalidate(&self, tenant: TenantId, entities: &[&'static str]) {
        for entity in entities {
            let cell =
                self.generations.get_with((tenant, *entity), || Arc::new(AtomicU64::new(self.fresh())));
            cell.store(self.fresh(), Ordering::Release);
        }
    }
}
