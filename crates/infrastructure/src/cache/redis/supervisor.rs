//! Keeps one connection and one subscription, and decides whether they are to be believed.
//!
//! Open: nothing is there; every `retry` an attempt. Half-open: connected, but what was missed is made up for first:
//! our own changes are told, others get time to tell theirs, and the books are asked what else has changed. Closed: our
//! heartbeats come back, so the news is complete.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::ids::TenantId;
use domain::time::Timestamp;
use futures::StreamExt;
use redis::Msg;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::backplane::{Message, News};
use super::link::Failed;
use super::remote::count;
use super::session::{Session, Stage};
use crate::cache::connection_string::RedisOptions;
use crate::cache::shared::Shared;

/// How far before an interruption the books are asked for changes: longer than any transaction, because a change is
/// dated by its beginning, and than what a failed primary may not have passed on to its replica.
const LOOK_BACK: Duration = Duration::from_secs(20 * 60);

/// Why a session is over.
enum End {
    Broken,
    /// Another session takes its place: with other credentials, or to other servers.
    Replaced(Box<Session>),
    Stopped,
}

/// Runs until the cache is dropped.
pub(in super::super) async fn supervise(shared: Arc<Shared>) {
    let mut options = shared.remote.options.subscribe();
    let mut keeper = Keeper { lost_at: shared.remote.clock.now(), complained: false, shared };
    // Every change made while values of this process may have lived counts as missed.
    let life = keeper.shared.lives.longest();
    keeper.lost_at = before(keeper.lost_at, life);
    let mut next = None;
    loop {
        let session = match next.take() {
            Some(session) => session,
            None => match keeper.connect(&mut options).await {
                Some(session) => session,
                None => return,
            },
        };
        match keeper.run(session, &mut options).await {
            End::Broken => keeper.lose(),
            End::Replaced(session) => next = Some(*session),
            End::Stopped => return,
        }
    }
}

fn before(moment: Timestamp, duration: Duration) -> Timestamp {
    Timestamp::from_micros(moment.micros() - i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

struct Keeper {
    shared: Arc<Shared>,
    /// The time from which changes may have been missed.
    lost_at: Timestamp,
    complained: bool,
}

impl Keeper {
    /// Tries until it succeeds; `None` when nobody needs it any more.
    async fn connect(&mut self, options: &mut watch::Receiver<Arc<RedisOptions>>) -> Option<Session> {
        loop {
            let current = options.borrow_and_update().clone();
            match Session::open(&self.shared.remote, current).await {
                Ok(session) => {
                    self.shared.remote.set_link(Some(session.link.clone()));
                    return Some(session);
                }
                Err(error) => {
                    count(&self.shared.remote.counts.errors);
                    if !self.complained {
                        warn!(%error, "Redis cannot be reached, requests do without it: {{error}}");
                        self.complained = true;
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(self.shared.remote.timings.retry) => {}
                changed = options.changed() => changed.ok()?,
            }
        }
    }

    async fn run(&mut self, mut session: Session, options: &mut watch::Receiver<Arc<RedisOptions>>) -> End {
        let mut ticks = interval(self.shared.remote.timings.heartbeat);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut replace_at: Option<Instant> = None;
        loop {
            tokio::select! {
                message = session.stream.next() => match message {
                    Some(message) => self.hear(&mut session, &message).await,
                    None => return End::Broken,
                },
                () = session.link.broken() => return End::Broken,
                changed = options.changed() => match changed {
                    Ok(()) => replace_at = Some(Instant::now()),
                    Err(_) => return End::Stopped,
                },
                _ = ticks.tick() => {
                    let now = Instant::now();
                    if replace_at.or(session.renew_by).is_some_and(|at| at <= now) {
                        let current = options.borrow_and_update().clone();
                        match self.replace(&session, current).await {
                            Ok(next) => return End::Replaced(Box::new(next)),
                            Err(error) => {
                                count(&self.shared.remote.counts.errors);
                                warn!(%error, "Redis refuses the new connection, the old one stays: {{error}}");
                                replace_at = Some(now + self.shared.remote.timings.connect_max);
                            }
                        }
                    }
                    self.beat(&mut session).await;
                }
            }
        }
    }

    /// Once per heartbeat: sends it, tells what is still to be told, and judges the state.
    async fn beat(&mut self, session: &mut Session) {
        let shared = self.shared.clone();
        let remote = &shared.remote;
        if session.beat(remote).await.is_err() {
            count(&remote.counts.errors);
        }
        if session.stage.is_closed() && !remote.trust.told() {
            self.interrupted(session);
        }
        // A change that is pending for the first time is being announced by the request that made it.
        let waited = std::mem::replace(&mut session.pending, remote.pending.len() > 0);
        if waited
            && session.pending
            && let Err(error) = remote.tell(&session.link, &remote.pending.backlog()).await
        {
            tracing::debug!(%error, "Redis was not told of changes yet: {{error}}");
        }
        if let Stage::HalfOpen { since, asked } = session.stage
            && since.elapsed() >= remote.timings.quarantine
            && remote.pending.len() == 0
        {
            if asked { self.close(session) } else { self.make_up(session).await }
        }
    }

    /// The last but one step before Redis is believed again; tried again with the next heartbeat if it fails. Changes
    /// of others after it are announced, and heard.
    async fn make_up(&mut self, session: &mut Session) {
        match self.ask_the_books(session).await {
            Ok(()) => {
                if let Stage::HalfOpen { asked, .. } = &mut session.stage {
                    *asked = true;
                }
            }
            Err(error) => {
                warn!(error, "What changed while Redis was away cannot be found out yet: {{error}}");
            }
        }
    }

    /// With a heartbeat that has just come back.
    fn close(&mut self, session: &mut Session) {
        let remote = &self.shared.remote;
        let fresh = |heard: &Instant| heard.elapsed() < remote.timings.lease / 2;
        let Some(heard) = session.heard.filter(fresh) else { return };
        remote.trust.regain(heard + remote.timings.lease);
        session.stage = Stage::Closed;
        self.complained = false;
        info!("Redis is used");
    }

    async fn ask_the_books(&self, session: &Session) -> Result<(), String> {
        let remote = &self.shared.remote;
        let Some(recent) = &remote.recent else { return Ok(()) };
        let changes = recent.changed_since(before(self.lost_at, LOOK_BACK)).await;
        let changes = changes.map_err(|error| error.to_string())?;
        remote.raise(&session.link, &changes).await.map_err(|error| error.to_string())
    }

    async fn replace(&mut self, session: &Session, options: Arc<RedisOptions>) -> Result<Session, Failed> {
        let mut next = Session::open(&self.shared.remote, options).await?;
        let remote = &self.shared.remote;
        let closed = session.stage.is_closed() && remote.trust.told();
        if closed && next.options.same_servers(&session.options) {
            // Nothing was missed: the new subscription was there before the old one ends. Messages that the old one
            // has not read yet are covered by forgetting everything.
            next.stage = Stage::Closed;
            next.heard = session.heard;
            remote.trust.forget();
        } else if remote.trust.lose() {
            self.lost_at = remote.clock.now();
        }
        remote.set_link(Some(next.link.clone()));
        info!("The connection to Redis was renewed");
        Ok(next)
    }

    async fn hear(&mut self, session: &mut Session, message: &Msg) {
        if message.get_channel_name() == session.heartbeats {
            self.heartbeat(session, message.get_payload_bytes());
            return;
        }
        match Message::decode(message.get_payload_bytes()) {
            Some(Message { from, .. }) if from == self.shared.remote.node => {}
            Some(Message { news, .. }) => self.take(news).await,
            // From a version that knows more kinds of news.
            None => self.shared.remote.trust.forget(),
        }
    }

    /// Everything published before this heartbeat was sent has been heard: messages keep their order.
    fn heartbeat(&mut self, session: &mut Session, payload: &[u8]) {
        let remote = &self.shared.remote;
        let sent = std::str::from_utf8(payload).ok().and_then(|text| text.parse::<u64>().ok());
        let now = remote.trust.micros(Instant::now());
        let age = sent.map_or(Duration::MAX, |sent| Duration::from_micros(now.saturating_sub(sent)));
        let Some(sent) = Instant::now().checked_sub(age) else { return };
        session.heard = Some(sent);
        let until = sent + remote.timings.lease;
        if session.stage.is_closed() && !remote.trust.renew(until) {
            self.interrupted(session);
        }
    }

    async fn take(&self, news: News) {
        let shared = &self.shared;
        match news {
            News::Changed { tenant, entities } => {
                count(&shared.remote.counts.remote_invalidations);
                let tenant = TenantId::new(tenant);
                shared.raise_local(tenant, &entities);
                if let Some(listener) = shared.remote.listener.get() {
                    listener(tenant);
                }
            }
            News::Flushed { pattern } => {
                shared.local.flush(&pattern, shared.remote.trust.epoch(), false).await;
            }
            News::Everything => shared.remote.trust.forget(),
        }
    }

    /// Trust has ended while the connection stands.
    fn interrupted(&mut self, session: &mut Session) {
        session.stage = Stage::half_open();
        self.lost_at = self.shared.remote.clock.now();
        self.shared.remote.trust.lose();
        self.shared.remote.counts.opened.fetch_add(1, Ordering::Relaxed);
        warn!("Redis does not keep up, requests do without it for a while");
    }

    /// The connection is of no more use.
    fn lose(&mut self) {
        let remote = &self.shared.remote;
        remote.set_link(None);
        if remote.trust.lose() {
            self.lost_at = remote.clock.now();
            count(&remote.counts.opened);
            warn!("Redis does not answer, requests do without it");
            self.complained = true;
        }
    }
}
