//! The state that requests and the connection's keeper share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use application::ports::cache::{BreakerState, CacheKey, RecentChanges, RedisStatistics};
use application::ports::clock::Clock;
use domain::ids::TenantId;
use tokio::sync::watch;

use super::Timings;
use super::link::Link;
use super::pending::Pending;
use super::trust::Trust;
use crate::cache::connection_string::RedisOptions;
use crate::cache::key::{HashTag, StoredKey};

/// Told of each change that another process announces.
pub(in super::super) type Listener = Arc<dyn Fn(TenantId) + Send + Sync>;

#[derive(Default)]
pub(in super::super) struct Counts {
    pub opened: AtomicU64,
    pub errors: AtomicU64,
    pub undecodable: AtomicU64,
    pub remote_invalidations: AtomicU64,
    pub awaited: AtomicU64,
}

pub(in super::super) struct Remote {
    pub options: watch::Sender<Arc<RedisOptions>>,
    pub trust: Trust,
    pub pending: Pending,
    pub counts: Counts,
    /// This process among the others.
    pub node: String,
    pub schema: String,
    pub tag: HashTag,
    pub timings: Timings,
    pub clock: Arc<dyn Clock>,
    pub recent: Option<Arc<dyn RecentChanges>>,
    pub listener: OnceLock<Listener>,
    link: RwLock<Option<Arc<Link>>>,
}

pub(in super::super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The parts of a [`Remote`], beside those it makes itself.
pub(in super::super) struct RemoteParts {
    pub options: RedisOptions,
    pub node: String,
    pub schema: String,
    pub tag: HashTag,
    pub timings: Timings,
    pub clock: Arc<dyn Clock>,
    pub recent: Option<Arc<dyn RecentChanges>>,
}

impl Remote {
    pub fn new(parts: RemoteParts) -> Self {
        Self {
            options: watch::Sender::new(Arc::new(parts.options)),
            trust: Trust::new(),
            pending: Pending::default(),
            counts: Counts::default(),
            node: parts.node,
            schema: parts.schema,
            tag: parts.tag,
            timings: parts.timings,
            clock: parts.clock,
            recent: parts.recent,
            listener: OnceLock::new(),
            link: RwLock::new(None),
        }
    }

    /// The connection, if there is one that is believed to work.
    pub fn link(&self) -> Option<Arc<Link>> {
        self.link.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_link(&self, link: Option<Arc<Link>>) {
        *self.link.write().unwrap_or_else(PoisonError::into_inner) = link;
    }

    /// Where to look for a value, under which name: nowhere while Redis may know less than this process does.
    pub fn place(&self, key: &CacheKey) -> Option<(Arc<Link>, String)> {
        if self.pending.covers(key.tenant, key.entity) {
            return None;
        }
        let name = StoredKey::of(key).build(self.tag).ok()?;
        Some((self.link()?, name))
    }

    pub fn breaker(&self) -> BreakerState {
        match self.link() {
            None => BreakerState::Open,
            Some(_) if self.trust.told() => BreakerState::Closed,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    pub fn statistics(&self) -> RedisStatistics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        RedisStatistics {
            breaker: self.breaker(),
            opened: read(&self.counts.opened),
            errors: read(&self.counts.errors),
            undecodable: read(&self.counts.undecodable),
            pending_invalidations: self.pending.len() as u64,
            remote_invalidations: read(&self.counts.remote_invalidations),
            awaited: read(&self.counts.awaited),
        }
    }
}
