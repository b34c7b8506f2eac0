//! Tells event streams that their tenant's feed has grown. Commits are told at once, through the cache invalidation that
//! follows each of them, also those of other processes where the cache is shared; what is missed is found by looking now
//! and then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use application::error::AppResult;
use application::ports::cache::{Cache, CacheKey, CacheStatistics, Cached, Flushed, Load};
use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::TenantId;
use tokio::sync::watch;

use crate::problem::{Problem, STOPPING};

/// Event streams that may be open at once, unless a setting says otherwise.
pub const EVENT_STREAMS_MAX: usize = 512;
/// Event streams of one tenant that may be open at once.
pub const EVENT_STREAMS_PER_TENANT_MAX: usize = 64;

/// How often to look for events whose announcement was missed.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

domain::errors! {
    TOO_MANY_STREAMS = "too_many_streams", Throttled, Developer,
        "{count} event streams are open; close one of them first.", "هناك {count} قناة أحداث مفتوحة؛ أغلق إحداها أولًا.";
}

struct Streams {
    tenants: HashMap<TenantId, (watch::Sender<u64>, usize)>,
    count: usize,
    max: usize,
    closed: bool,
    /// Another interval than [`LOOK_EVERY`].
    look_every: Option<Duration>,
}

/// Shared by the commands and the streams of one server.
#[derive(Clone)]
pub struct EventHub(Arc<Mutex<Streams>>);

impl Default for EventHub {
    fn default() -> Self {
        Self::new(EVENT_STREAMS_MAX)
    }
}

/// One stream's place; given back when it is dropped.
pub struct Subscription {
    hub: EventHub,
    tenant: TenantId,
    changes: watch::Receiver<u64>,
}

impl EventHub {
    /// A hub for at most `max` streams at once.
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Mutex::new(Streams {
            tenants: HashMap::new(),
            count: 0,
            max,
            closed: false,
            look_every: None,
        })))
    }

    fn with<T>(&self, with: impl FnOnce(&mut Streams) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A place for a stream; `too_many_streams` when there is none, `stopping` when the server is about to end.
    pub fn subscribe(&self, tenant: TenantId) -> Result<Subscription, Problem> {
        self.with(|streams| {
            let own = streams.tenants.get(&tenant).map_or(0, |(_, count)| *count);
            if streams.closed {
                return Err(Problem::of(&STOPPING));
            }
            if own >= EVENT_STREAMS_PER_TENANT_MAX || streams.count >= streams.max {
                let count = if own >= EVENT_STREAMS_PER_TENANT_MAX { own } else { streams.count };
                return Err(Violation::new(&TOO_MANY_STREAMS).with("count", count).into());
            }
            let (sender, count) = streams.tenants.entry(tenant).or_insert_with(|| (watch::Sender::new(0), 0));
            *count += 1;
            streams.count += 1;
            Ok(Subscription { hub: self.clone(), tenant, changes: sender.subscribe() })
        })
    }

    /// Has streams look so often, whatever they are told.
    #[must_use]
    pub fn looking_every(self, interval: Duration) -> Self {
        self.with(|streams| streams.look_every = Some(interval));
        self
    }

    /// Something was committed in this tenant.
    pub fn announce(&self, tenant: TenantId) {
        self.with(|streams| {
            if let Some((sender, _)) = streams.tenants.get(&tenant) {
                sender.send_modify(|changes| *changes = changes.wrapping_add(1));
            }
        });
    }

    /// Ends every stream: the server stops.
    pub fn close(&self) {
        self.with(|streams| {
            streams.closed = true;
            streams.tenants.clear();
        });
    }
}

impl Subscription {
    /// How long to wait for an announcement before looking anyway.
    pub fn look_every(&self) -> Duration {
        self.hub.with(|streams| streams.look_every).unwrap_or(LOOK_EVERY)
    }

    /// Waits for the next commit; false when the server stops.
    pub async fn changed(&mut self) -> bool {
        self.changes.changed().await.is_ok()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.with(|streams| {
            streams.count = streams.count.saturating_sub(1);
            if let Some((_, count)) = streams.tenants.get_mut(&self.tenant) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    streams.tenants.remove(&self.tenant);
                }
            }
        });
    }
}

/// The cache, with every invalidation announced: each is the end of a commit.
pub struct AnnouncingCache {
    cache: Arc<dyn Cache>,
    hub: EventHub,
}

impl AnnouncingCache {
    pub fn new(cache: Arc<dyn Cache>, hub: EventHub) -> Self {
        let others = hub.clone();
        cache.on_remote_change(Arc::new(move |tenant| others.announce(tenant)));
        Self { cache, hub }
    }
}

#[async_trait]
impl Cache for AnnouncingCache {
    async fn get_or_load(&self, key: CacheKey, load: Load) -> AppResult<Option<Cached>> {
        self.cache.get_or_load(key, load).await
    }
    fn peek(&self, key: &CacheKey) -> Option<Cached> {
        self.cache.peek(key)
    }
    async fn invalidate(&self, tenant: TenantId, entities: &[&'static str]) {
        self.cache.invalidate(tenant, entities).await;
        self.hub.announce(tenant);
    }
    async fn flush(&self, pattern: &str, dry_run: bool) -> AppResult<Flushed> {
        self.cache.flush(pattern, dry_run).await
    }
    fn statistics(&self) -> CacheStatistics {
        self.cache.statistics()
    }
}
