//! The leader: the one of several processes that does the background work.

use std::future::Future;
use std::time::Duration;

use application::command::Application;
use application::error::AppResult;
use application::platform::leadership::{BACKGROUND_WORK, BELIEF, RENEWAL, hold, release};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{info, warn};
use uuid::Uuid;

use crate::middleware::switches::Switches;

/// Longest wait for the lease to be handed back at a stop; it ends by itself soon after.
const RELEASE_WAIT_MAX: Duration = Duration::from_secs(2);

/// The lease as the background work sees it; clones see the same.
#[derive(Clone)]
pub struct Leading {
    /// Until when this process may believe that it is the leader.
    until: watch::Receiver<Option<Instant>>,
}

impl Leading {
    /// Whether this process is the leader now. Measured without the wall clock, which may jump.
    pub fn now(&self) -> bool {
        self.until.borrow().is_some_and(|until| Instant::now() < until)
    }

    /// Resolves once the process is the leader, or is not, unlike `before`; answers which.
    pub async fn changed(&mut self, before: bool) -> bool {
        let seen = self.until.wait_for(|until| until.is_some() != before).await.map(|until| until.is_some());
        match seen {
            Ok(leads) => leads,
            Err(_) => std::future::pending().await,
        }
    }
}

/// Takes, renews and hands back the lease.
pub struct Candidate {
    app: Application,
    switches: Switches,
    holder: Uuid,
    until: watch::Sender<Option<Instant>>,
}

impl Candidate {
    pub fn new(app: Application, switches: Switches) -> (Self, Leading) {
        let (until, seen) = watch::channel(None);
        let holder = app.ids.new_id();
        (Self { app, switches, holder, until }, Leading { until: seen })
    }

    /// Stands for leader until the work has `ended`, then hands the lease back.
    pub async fn run(self, mut ended: watch::Receiver<bool>) {
        let mut interval = tokio::time::interval(RENEWAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                // Also when the sender is gone: then nobody does the work any more.
                _ = ended.wait_for(|ended| *ended) => break,
            }
            if self.switches.runs_jobs() {
                self.renew().await;
            } else if self.leads() {
                self.hand_back("it is not this installation's to do").await;
            }
        }
        if self.leads() {
            self.hand_back("this process stops").await;
        }
    }

    fn leads(&self) -> bool {
        self.until.borrow().is_some()
    }

    async fn renew(&self) {
        // Counted from before the database was asked, so never longer than the lease.
        let asked = Instant::now();
        let answer = hold(&self.app, BACKGROUND_WORK, self.holder, self.app.clock.now());
        match self.unless_too_late(answer).await {
            // An answer that took longer than it is worth is none.
            Ok(true) if asked.elapsed() < BELIEF => self.lead(asked + BELIEF),
            Ok(true) => self.cease("the database answered too late"),
            Ok(false) => self.cease("another process has taken it over"),
            Err(error) => {
                warn!(target: "erp::lifetime", %error, "The lease of the background work cannot be renewed: {{error}}");
                if self.until.borrow().is_some_and(|until| until <= Instant::now()) {
                    self.cease("the lease was not renewed in time");
                }
            }
        }
    }

    /// Waits for the answer, but stops leading when it takes longer than this process may believe.
    async fn unless_too_late(&self, answer: impl Future<Output = AppResult<bool>>) -> AppResult<bool> {
        tokio::pin!(answer);
        let Some(until) = *self.until.borrow() else { return answer.await };
        tokio::select! {
            biased;
            answer = &mut answer => return answer,
            () = tokio::time::sleep_until(until) => {}
        }
        self.cease("the lease was not renewed in time");
        answer.await
    }

    fn lead(&self, until: Instant) {
        if self.until.send_replace(Some(until)).is_none() {
            info!(target: "erp::lifetime", holder = %self.holder, "This process does the background work from now on, as {{holder}}");
        }
    }

    fn cease(&self, why: &'static str) {
        if self.until.send_replace(None).is_some() {
            info!(target: "erp::lifetime", why, "This process no longer does the background work: {{why}}");
        }
    }

    async fn hand_back(&self, why: &'static str) {
        self.cease(why);
        let handing = release(&self.app, BACKGROUND_WORK, self.holder, self.app.clock.now());
        match tokio::time::timeout(RELEASE_WAIT_MAX, handing).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                warn!(target: "erp::lifetime", %error, "The lease of the background work was not handed back and ends by itself: {{error}}");
            }
            Err(_) => {
                warn!(target: "erp::lifetime", "The lease of the background work was not handed back in time and ends by itself");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use application::ports::clock::Ids;
    use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
    use infrastructure::persistence::SqlUnitOfWork;
    use infrastructure::sql::db::Db;
    use infrastructure::sql::sqlite::options::SqliteOptions;
    use infrastructure::system::{SystemClock, SystemIds};

    use super::*;

    /// Longer than the other one waits between two tries.
    const HANDED_OVER: Duration = Duration::from_secs(8);

    struct Process {
        leading: Leading,
        switches: Switches,
        end: watch::Sender<bool>,
    }

    fn process(app: &Application) -> Process {
        let switches = Switches::default();
        let (candidate, leading) = Candidate::new(app.clone(), switches.clone());
        let (end, ended) = watch::channel(false);
        tokio::spawn(candidate.run(ended));
        Process { leading, switches, end }
    }

    async fn leads(process: &mut Process) {
        let led = tokio::time::timeout(HANDED_OVER, process.leading.changed(false)).await;
        assert!(led.unwrap() && process.leading.now());
    }

    /// Proves: A5.
    #[tokio::test]
    async fn the_lease_moves_with_the_region_and_with_a_stop() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, ids): (_, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let db = Db::open_sqlite(
            &folder.path().join("erp.db"),
            SqliteOptions::default(),
            clock.clone(),
            ids.clone(),
            SqlUnitOfWork::open,
        )
        .await
        .unwrap();
        let cache = Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()));
        let app = Application { database: Arc::new(db), cache, clock, ids };

        let mut primary = process(&app);
        leads(&mut primary).await;
        let mut secondary = process(&app);
        assert!(
            tokio::time::timeout(Duration::from_secs(1), secondary.leading.changed(false)).await.is_err()
        );

        primary.switches.set_region(false, false);
        leads(&mut secondary).await;
        assert!(!primary.leading.now());

        primary.switches.set_region(false, true);
        secondary.end.send(true).unwrap();
        leads(&mut primary).await;
        assert!(!secondary.leading.now());
    }
}
