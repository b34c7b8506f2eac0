//! Values in this process: bounded by bytes, single flight, and made stale by generation.
//!
//! Each (tenant, group) has a generation that a write raises. A value is kept under the generation seen before it was
//! loaded, so a slow reader can never put back what a write replaced. An epoch does the same for everything at once.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use application::error::{AppError, AppResult};
use application::ports::cache::{CacheKey, Cached, CachedEntity};
use domain::ids::TenantId;
use futures::FutureExt;
use moka::Expiry;

use super::glob;
use super::key::{HashTag, StoredKey};

/// Largest answer that is kept, in bytes.
pub const CACHED_BYTES_MAX: usize = 1024 * 1024;
/// Tenants whose generations are remembered; forgetting one makes its values stale.
const TENANTS_MAX: u64 = 20_000;
/// The cost of an entry beside its body, in bytes.
const ENTRY_OVERHEAD_BYTES: usize = 200;

#[derive(Clone)]
pub(super) struct Entry {
    pub cached: Cached,
    /// Zero for what must not be kept.
    pub ttl: Duration,
}

/// A key as of one generation of its group and one epoch: a load begun before a write is never shared with a reader
/// after it.
type LocalKey = (CacheKey, u64, u64);

type Generations = [AtomicU64; CachedEntity::COUNT];

struct PerEntry;

impl Expiry<LocalKey, Entry> for PerEntry {
    fn expire_after_create(&self, _: &LocalKey, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }
    fn expire_after_update(
        &self,
        _: &LocalKey,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}

pub(super) struct Local {
    entries: moka::future::Cache<LocalKey, Entry>,
    generations: moka::sync::Cache<TenantId, Arc<Generations>>,
    next_generation: AtomicU64,
}

impl Local {
    pub fn new(bytes_max: u64) -> Self {
        let weigh = |key: &LocalKey, entry: &Entry| {
            let name = match &key.0.slot {
                application::ports::cache::Slot::Name(name)
                | application::ports::cache::Slot::Config(name) => name.len(),
                _ => 0,
            };
            u32::try_from(entry.cached.body.len() + name + ENTRY_OVERHEAD_BYTES).unwrap_or(u32::MAX)
        };
        let entries = moka::future::Cache::builder()
            .max_capacity(bytes_max)
            .weigher(weigh)
            .expire_after(PerEntry)
            .build();
        Self { entries, generations: moka::sync::Cache::new(TENANTS_MAX), next_generation: AtomicU64::new(1) }
    }

    /// Never repeats, so that a generation forgotten and made anew matches no older value.
    fn fresh(&self) -> u64 {
        self.next_generation.fetch_add(1, Ordering::Relaxed)
    }

    fn generations(&self, tenant: TenantId) -> Arc<Generations> {
        self.generations.get_with(tenant, || Arc::new(std::array::from_fn(|_| AtomicU64::new(self.fresh()))))
    }

    pub fn generation(&self, key: &CacheKey) -> u64 {
        self.generations(key.tenant)[key.entity as usize].load(Ordering::Acquire)
    }

    /// Makes every value of these groups stale, also those being loaded.
    pub fn raise(&self, tenant: TenantId, groups: &[CachedEntity]) {
        let generations = self.generations(tenant);
        for group in groups {
            generations[*group as usize].store(self.fresh(), Ordering::Release);
        }
    }

    pub fn peek(&self, key: &CacheKey, epoch: u64) -> Option<Cached> {
        let generation = self.generation(key);
        let entry = self.entries.get(&(key.clone(), generation, epoch)).now_or_never()??;
        Some(entry.cached)
    }

    /// The entry, or what `fetch` gives: `None` as its error means that there is nothing.
    pub async fn get_or_fetch<F>(
        &self,
        key: CacheKey,
        generation: u64,
        epoch: u64,
        fetch: F,
    ) -> AppResult<Option<Cached>>
    where
        F: Future<Output = Result<Entry, Option<AppError>>>,
    {
        match self.entries.try_get_with((key, generation, epoch), fetch).await {
            Ok(entry) => Ok(Some(entry.cached)),
            // Every caller that shares a failed load gets the same error.
            Err(error) => error.as_ref().clone().map_or(Ok(None), Err),
        }
    }

    /// Removes the current values whose keys match, or only counts them.
    pub async fn flush(&self, pattern: &str, epoch: u64, dry_run: bool) -> u64 {
        let mut found = 0;
        for (entry, _) in &self.entries {
            let (key, generation, of) = entry.as_ref();
            let text = StoredKey::of(key).build(HashTag(false));
            if text.is_ok_and(|text| glob::matches(pattern, &text)) {
                found += u64::from(*generation == self.generation(key) && *of == epoch);
                if !dry_run {
                    self.entries.invalidate(entry.as_ref()).await;
                }
            }
        }
        found
    }

    /// Entries and their bytes, as far as the store has got with its own clean-up.
    pub fn size(&self) -> (u64, u64) {
        (self.entries.entry_count(), self.entries.weighted_size())
    }
}

/// Whether a value may be kept, and for how long.
pub(super) fn life(cached: &Cached, ttl: Duration) -> Duration {
    if cached.body.len() > CACHED_BYTES_MAX { Duration::ZERO } else { ttl }
}
