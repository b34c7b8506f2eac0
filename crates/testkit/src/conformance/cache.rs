//! The contract of [`Cache`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use application::error::AppError;
use application::ports::cache::{Cache, CacheKey, Cached, CachedEntity, ListHash, Load};
use bytes::Bytes;
use domain::ids::{TenantId, UserId};
use tokio::sync::Notify;
use uuid::Uuid;

/// Larger than any cache keeps.
const TOO_LARGE_BYTES: usize = 1024 * 1024 + 1;
/// Readers of one value at the same moment.
const READERS: usize = 200;

pub fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

/// A tenant that no other test of the same store has.
pub fn new_tenant() -> TenantId {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    tenant((std::process::id() as u128) << 64 | NEXT.fetch_add(1, Ordering::Relaxed) as u128)
}

pub fn account(tenant: TenantId, number: u128) -> CacheKey {
    CacheKey::id(tenant, CachedEntity::Account, Uuid::from_u128(number))
}

/// The content of storage, and how often it was asked.
#[derive(Clone, Default)]
pub struct Storage {
    pub value: Arc<std::sync::Mutex<String>>,
    loads: Arc<AtomicUsize>,
    /// Held back until notified.
    gate: Option<Arc<Notify>>,
    takes: Duration,
}

impl Storage {
    pub fn of(value: &str) -> Self {
        let storage = Self::default();
        storage.set(value);
        storage
    }
    pub fn taking(mut self, duration: Duration) -> Self {
        self.takes = duration;
        self
    }
    pub fn set(&self, value: &str) {
        *self.value.lock().unwrap() = value.to_owned();
    }
    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }
    /// Reads first and is slow to say what it read.
    pub fn load(&self) -> Load {
        let storage = self.clone();
        Box::new(move || {
            Box::pin(async move {
                storage.loads.fetch_add(1, Ordering::SeqCst);
                let body = Bytes::from(storage.value.lock().unwrap().clone());
                tokio::time::sleep(storage.takes).await;
                if let Some(gate) = &storage.gate {
                    gate.notified().await;
                }
                Ok(Some(Cached { body, version: Some(1) }))
            })
        })
    }
    /// The value that a reader gets.
    pub async fn read(&self, cache: &dyn Cache, key: &CacheKey) -> String {
        let found = cache.get_or_load(key.clone(), self.load()).await.unwrap().unwrap();
        String::from_utf8(found.body.to_vec()).unwrap()
    }
}

/// Everything a cache that keeps values must do.
pub async fn conforms(cache: Arc<dyn Cache>) {
    keeps_what_was_loaded(&*cache).await;
    keeps_neither_absence_nor_failure(&*cache).await;
    forgets_what_changed_and_nothing_else(&*cache).await;
    never_stale(cache.clone()).await;
    loads_once_for_many(cache.clone()).await;
    survives_a_reader_that_leaves(cache.clone()).await;
    flushes_by_pattern(&*cache).await;
    counts(&*cache).await;
}

async fn keeps_what_was_loaded(cache: &dyn Cache) {
    let tenant = new_tenant();
    let keys = [
        account(tenant, 1),
        CacheKey::name(tenant, CachedEntity::Currency, "SAR"),
        CacheKey::name(tenant, CachedEntity::Currency, "a:b*% ?[x]\\ش"),
        CacheKey::list(tenant, CachedEntity::Account, ListHash::of(&["x"])),
        CacheKey::permissions(tenant, UserId::new(Uuid::from_u128(5))),
        CacheKey::config(tenant, "vat-rate"),
    ];
    for (number, key) in keys.iter().enumerate() {
        let storage = Storage::of(&format!("value {number}"));
        assert_eq!(cache.peek(key), None);
        for _ in 0..3 {
            assert_eq!(storage.read(cache, key).await, format!("value {number}"), "{key:?}");
        }
        assert_eq!(storage.loads(), 1, "{key:?}");
        assert_eq!(cache.peek(key).map(|cached| cached.version), Some(Some(1)), "{key:?}");
    }
    let body = Bytes::from_static(b"PK\x03\x04\n\xff\x00");
    let file = Cached { body, version: None };
    let load = |cached: Cached| -> Load { Box::new(|| Box::pin(async move { Ok(Some(cached)) })) };
    let found = cache.get_or_load(account(tenant, 2), load(file.clone())).await.unwrap();
    assert_eq!(found, Some(file), "bytes are kept as they are");
    let large = Storage::of(&"x".repeat(TOO_LARGE_BYTES));
    for _ in 0..2 {
        large.read(cache, &account(tenant, 3)).await;
    }
    assert_eq!(large.loads(), 2, "what is too large is not kept");
}

async fn keeps_neither_absence_nor_failure(cache: &dyn Cache) {
    let key = account(new_tenant(), 1);
    for _ in 0..2 {
        let nothing: Load = Box::new(|| Box::pin(async { Ok(None) }));
        assert_eq!(cache.get_or_load(key.clone(), nothing).await.unwrap(), None);
        let failure: Load = Box::new(|| Box::pin(async { Err(AppError::internal("broken")) }));
        let error = cache.get_or_load(key.clone(), failure).await.unwrap_err();
        assert_eq!(error.internal.as_deref(), Some("broken"));
    }
    assert_eq!(Storage::of("there").read(cache, &key).await, "there");
}

async fn forgets_what_changed_and_nothing_else(cache: &dyn Cache) {
    let (own, other) = (new_tenant(), new_tenant());
    let report = CacheKey::list(own, CachedEntity::Report, ListHash::of(&["trial-balance"]));
    let journal = CacheKey::id(own, CachedEntity::Journal, Uuid::from_u128(1));
    let stale = [account(own, 1), account(own, 2), report];
    let kept = [account(other, 1), journal];
    let storage = Storage::of("old");
    for key in stale.iter().chain(&kept) {
        storage.read(cache, key).await;
    }
    storage.set("new");
    cache.invalidate(own, &["account", "no_such_thing"]).await;
    for key in &stale {
        assert_eq!(cache.peek(key), None);
        assert_eq!(storage.read(cache, key).await, "new", "{key:?}");
    }
    for key in &kept {
        assert_eq!(storage.read(cache, key).await, "old", "{key:?}");
    }
}

/// Holds also for a cache that is cut off from its store.
pub async fn never_stale(cache: Arc<dyn Cache>) {
    let tenant = new_tenant();
    let key = account(tenant, 1);
    let gate = Arc::new(Notify::new());
    let slow = Storage { gate: Some(gate.clone()), ..Storage::of("old") };
    let reader = tokio::spawn({
        let (cache, slow, key) = (cache.clone(), slow.clone(), key.clone());
        async move { slow.read(&*cache, &key).await }
    });
    while slow.loads() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // It has read the old value; now there is a new one.
    cache.invalidate(tenant, &["account"]).await;
    let fresh = Storage::of("new");
    assert_eq!(
        fresh.read(&*cache, &key).await,
        "new",
        "a reader after the write shares no load from before it"
    );
    gate.notify_one();
    assert_eq!(reader.await.unwrap(), "old");
    for _ in 0..3 {
        assert_eq!(fresh.read(&*cache, &key).await, "new", "the slow reader puts nothing back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for round in 0..50 {
        fresh.set(&round.to_string());
        cache.invalidate(tenant, &["account"]).await;
        assert_eq!(fresh.read(&*cache, &key).await, round.to_string());
    }
}

async fn loads_once_for_many(cache: Arc<dyn Cache>) {
    let key = account(new_tenant(), 1);
    let storage = Storage::of("shared").taking(Duration::from_millis(100));
    let readers = (0..READERS).map(|_| {
        let (cache, storage, key) = (cache.clone(), storage.clone(), key.clone());
        tokio::spawn(async move { storage.read(&*cache, &key).await })
    });
    for reader in readers.collect::<Vec<_>>() {
        assert_eq!(reader.await.unwrap(), "shared");
    }
    assert_eq!(storage.loads(), 1);
}

async fn survives_a_reader_that_leaves(cache: Arc<dyn Cache>) {
    let key = account(new_tenant(), 1);
    let storage = Storage::of("there").taking(Duration::from_millis(30));
    let leaving = tokio::time::timeout(Duration::from_millis(10), storage.read(&*cache, &key)).await;
    assert!(leaving.is_err());
    assert_eq!(storage.read(&*cache, &key).await, "there");
}

async fn flushes_by_pattern(cache: &dyn Cache) {
    let (own, other) = (new_tenant(), new_tenant());
    let currency = CacheKey::name(own, CachedEntity::Currency, "SAR");
    let config = CacheKey::config(own, "vat-rate");
    let storage = Storage::of("x");
    let keys = [account(own, 1), account(own, 2), currency, config, account(other, 1)];
    for key in &keys {
        storage.read(cache, key).await;
    }
    // A value stored in the background is there by then.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let flush = async |pattern: &str, dry_run: bool| {
        let flushed = cache.flush(pattern, dry_run).await.unwrap();
        assert!(flushed.complete);
        flushed.keys
    };
    assert_eq!(flush(&format!("{own}:accounting:account:*"), true).await, 2);
    assert_eq!(flush(&format!("{own}:accounting:account:*"), false).await, 2);
    assert_eq!(flush(&format!("{own}:accounting:account:*"), false).await, 0);
    assert_eq!(flush(&format!("{own}:*:currency:S?R"), true).await, 1);
    assert_eq!(flush(&format!("{own}:c*"), true).await, 1, "the configuration");
    storage.set("y");
    assert_eq!(storage.read(cache, &keys[0]).await, "y");
    for key in &keys[2..] {
        assert_eq!(storage.read(cache, key).await, "x", "{key:?}");
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(flush(&format!("{own}:*"), false).await, 3);
    assert_eq!(flush(&format!("{other}:*"), false).await, 1);
}

async fn counts(cache: &dyn Cache) {
    let key = account(new_tenant(), 1);
    let of = |statistics: application::ports::cache::CacheStatistics| {
        let class = statistics.classes.into_iter().find(|c| c.class == "reference" && c.level == "memory");
        class.map(|class| (class.hits, class.misses)).unwrap()
    };
    let (hits, misses) = of(cache.statistics());
    let storage = Storage::of("x");
    for _ in 0..4 {
        storage.read(cache, &key).await;
    }
    assert!(cache.peek(&key).is_some());
    let after = of(cache.statistics());
    assert_eq!((after.0 - hits, after.1 - misses), (4, 1));
}
