//! Values in this process and in Redis, with the other processes told of every change (A7, F10).

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::error::{AppError, AppResult, TEMPORARILY_UNAVAILABLE};
use application::ports::cache::{Cache, CacheKey, CacheStatistics, Cached, Flushed, Load, RecentChanges};
use application::ports::clock::{Clock, Ids};
use application::ports::counts::SharedCounts;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tracing::Instrument;

use super::connection_string::RedisOptions;
use super::key::HashTag;
use super::local::{Entry, Local, life};
use super::redis::{
    Awaited, Link, Look, Remote, RemoteParts, Timings, UNTOLD_BELIEF, add_counts, is_told, ping, supervise,
};
use super::shared::Shared;
use super::statistics::Lookups;
use super::ttl::{Lives, Ttl};

/// How often a process that is about to end looks whether it may.
const DRAIN_LOOK: Duration = Duration::from_millis(20);

/// The parts of a layered cache.
pub struct LayeredParts {
    pub options: RedisOptions,
    pub ttl: Ttl,
    /// Bytes of answers kept in this process.
    pub memory_bytes: u64,
    /// Names the build: another build's answers are not read.
    pub schema: String,
    /// Keeps a tenant's keys on one node of a cluster.
    pub hash_tag: bool,
    pub timings: Timings,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Asked for what changed while this process was cut off.
    pub recent: Option<Arc<dyn RecentChanges>>,
}

/// The cache of several processes. Requests never wait for a connection and do without Redis while it is away.
pub struct LayeredCache {
    shared: Arc<Shared>,
    keeper: AbortHandle,
}

impl Drop for LayeredCache {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl LayeredCache {
    /// Does no I/O itself: the connection is made in the background. MUST be called within a runtime.
    pub fn connect(parts: LayeredParts) -> Self {
        let remote = Remote::new(RemoteParts {
            options: parts.options,
            node: parts.ids.new_id().to_string(),
            schema: parts.schema,
            tag: HashTag(parts.hash_tag),
            timings: parts.timings,
            clock: parts.clock,
            recent: parts.recent,
        });
        let shared = Arc::new(Shared {
            local: Local::new(parts.memory_bytes),
            lives: Lives::new(parts.ttl),
            remote,
            lookups: Lookups::default(),
        });
        let keeper = tokio::spawn(supervise(shared.clone())).abort_handle();
        Self { shared, keeper }
    }

    /// Goes over to other options, such as a new password, while the present connection serves on.
    pub fn reconnect(&self, options: RedisOptions) {
        self.shared.remote.options.send_replace(Arc::new(options));
    }

    /// Sets the lives of values that are stored from now on.
    pub fn set_ttl(&self, ttl: Ttl) {
        self.shared.lives.set(ttl);
    }

    /// Waits until Redis has heard of every change of this process, for a process that is about to end; false when it
    /// has not after `limit`.
    pub async fn drain(&self, limit: Duration) -> bool {
        let heard = async {
            while self.shared.remote.pending.len() > 0 {
                tokio::time::sleep(DRAIN_LOOK).await;
            }
        };
        tokio::time::timeout(limit, heard).await.is_ok()
    }

    /// For how long the oldest change of this process waits to be told to the others; for health.
    pub fn untold_for(&self) -> Option<Duration> {
        self.shared.remote.pending.oldest()
    }

    /// The end of the certificate that the server showed last; for health.
    pub fn certificate_ends(&self) -> Option<Timestamp> {
        self.shared.remote.options.borrow().seen_certificate.ends()
    }

    /// Checks that every endpoint answers; the text of the failure is for operators (I2).
    pub async fn ping(&self) -> Result<(), String> {
        let options = self.shared.remote.options.borrow().clone();
        ping(&options).await
    }
}

#[async_trait]
impl Cache for LayeredCache {
    async fn get_or_load(&self, key: CacheKey, load: Load) -> AppResult<Option<Cached>> {
        let shared = &self.shared;
        let policy = key.policy();
        let epoch = shared.remote.trust.epoch();
        // Taken before anything is read, so that a change from here on makes the result stale.
        let generation = shared.local.generation(&key);
        let mut missed = false;
        let fetch = async {
            missed = true;
            fetch(shared, key.clone(), epoch, load).await
        };
        let found = shared.local.get_or_fetch(key.clone(), generation, epoch, fetch).await;
        shared.lookups.memory(policy, !missed);
        found
    }

    fn peek(&self, key: &CacheKey) -> Option<Cached> {
        let found = self.shared.local.peek(key, self.shared.remote.trust.epoch());
        if found.is_some() {
            self.shared.lookups.memory(key.policy(), true);
        }
        found
    }

    async fn invalidate(&self, tenant: TenantId, entities: &[&'static str]) {
        if entities.is_empty() {
            return;
        }
        let shared = &self.shared;
        // In this order: whoever sees the new generation sees that Redis is not to be read yet.
        let backlog = shared.remote.pending.add(tenant, entities);
        shared.raise_local(tenant, entities);
        shared.remote.tell_now(&backlog).await;
    }

    async fn flush(&self, pattern: &str, dry_run: bool) -> AppResult<Flushed> {
        let shared = &self.shared;
        shared.local.flush(pattern, shared.remote.trust.epoch(), dry_run).await;
        let unavailable = |why: String| {
            tracing::warn!(error = why, "The cache was not flushed: {{error}}");
            AppError { internal: Some(why), ..AppError::of(&TEMPORARILY_UNAVAILABLE) }
        };
        let flushed = shared.remote.flush(pattern, dry_run).await;
        let flushed = flushed.map_err(|error| unavailable(error.to_string()))?;
        if !dry_run {
            let told = shared.remote.tell_of_flush(pattern).await;
            told.map_err(|error| unavailable(error.to_string()))?;
        }
        Ok(flushed)
    }

    fn statistics(&self) -> CacheStatistics {
        let shared = &self.shared;
        let (memory_entries, memory_bytes) = shared.local.size();
        CacheStatistics {
            classes: shared.lookups.read(true),
            loads: shared.lookups.loads.read(),
            memory_entries,
            memory_bytes,
            redis: Some(shared.remote.statistics()),
        }
    }

    fn on_remote_change(&self, listener: Arc<dyn Fn(TenantId) + Send + Sync>) {
        // There is one event hub to a process; a second listener would be a second server.
        let _ = self.shared.remote.listener.set(listener);
    }
}

#[async_trait]
impl SharedCounts for LayeredCache {
    async fn add(&self, counts: &[(String, u32)], life: Duration) -> Option<Vec<u64>> {
        let link = self.shared.remote.link()?;
        match add_counts(&link, counts, life).await {
            Ok(totals) => Some(totals),
            Err(error) => {
                tracing::debug!(%error, "Redis was not told of what limits have counted: {{error}}");
                None
            }
        }
    }
}

type Fetched = Result<Entry, Option<AppError>>;

async fn loaded(shared: &Shared, load: Load) -> Result<Cached, Option<AppError>> {
    shared.lookups.loads.add();
    load().await.map_err(Some)?.ok_or(None)
}

/// Where a value that is not in this process comes from: Redis, another process that is loading it, or storage.
async fn fetch(shared: &Arc<Shared>, key: CacheKey, epoch: u64, load: Load) -> Fetched {
    let began = Instant::now();
    let policy = key.policy();
    if !is_told(epoch) {
        let cached = loaded(shared, load).await?;
        let ttl = shared.lives.of(policy).min(UNTOLD_BELIEF.saturating_sub(began.elapsed()));
        return Ok(Entry { ttl: life(&cached, ttl), cached });
    }
    if let Some((link, name)) = shared.remote.place(&key)
        && let Ok(look) = shared.remote.look(&link, &key, &name).await
    {
        shared.lookups.redis(policy, matches!(look, Look::Hit { .. }));
        return match look {
            Look::Hit { cached, left } => Ok(Entry { ttl: life(&cached, left), cached }),
            Look::Miss { stamp } => {
                let sharing = Sharing { shared: shared.clone(), link, key, name, stamp };
                sharing.load(load).await
            }
        };
    }
    let cached = loaded(shared, load).await?;
    Ok(Entry { ttl: life(&cached, shared.lives.of(policy)), cached })
}

/// A load whose result the other processes will find.
struct Sharing {
    shared: Arc<Shared>,
    link: Arc<Link>,
    key: CacheKey,
    name: String,
    stamp: String,
}

impl Sharing {
    async fn load(mut self, load: Load) -> Fetched {
        let remote = &self.shared.remote;
        let lock = remote.lock(&self.link, &self.name).await;
        if matches!(lock, Ok(false)) {
            match remote.wait_for_other(&self.link, &self.key, &self.name).await {
                Ok(Awaited::Value { cached, left }) => {
                    return Ok(Entry { ttl: life(&cached, left), cached });
                }
                // The stamp seen before the wait is still one from before the load.
                Err(_) => {}
                Ok(Awaited::Nothing { stamp }) => self.stamp = stamp,
            }
        }
        // In a task of its own: a client that goes away must not undo what others, also in other processes, wait for.
        let (answer, answered) = oneshot::channel();
        let locked = matches!(lock, Ok(true));
        tokio::spawn(self.load_and_store(load, locked, answer).in_current_span());
        answered.await.unwrap_or_else(|_| Err(Some(AppError::internal("a load ended without an answer"))))
    }

    async fn load_and_store(self, load: Load, locked: bool, answer: oneshot::Sender<Fetched>) {
        let Self { shared, link, key, name, stamp } = self;
        let fetched = loaded(&shared, load).await.map(|cached| {
            let ttl = shared.lives.of(key.policy());
            Entry { ttl: life(&cached, ttl), cached }
        });
        let store = fetched.as_ref().ok().filter(|entry| !entry.ttl.is_zero()).cloned();
        // The caller may have gone away.
        let _ = answer.send(fetched);
        if let Some(Entry { cached, ttl }) = store
            && let Err(error) = shared.remote.put(&link, &name, &stamp, &cached, ttl).await
        {
            tracing::debug!(%error, "A value was not stored in Redis: {{error}}");
        }
        if locked {
            shared.remote.unlock(&link, &name).await;
        }
    }
}
