//! The sources that metrics are read from, and the samples that make up the last minute of the targets.

use std::sync::Arc;
use std::time::Instant;

use application::ports::cache::{Cache, RedisStatistics};
use application::ports::clock::Clock;
use http::Method;
use infrastructure::sql::db::Db;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::meter::{Dials, Ran};
use signals::Snapshot;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::super::Parts;
use super::super::telemetry::Exporting;
use crate::docs_page;
use crate::errors_page;
use crate::metrics::observing::Observing;
use crate::metrics::targets::{Moment, TURN, Targets};
use crate::metrics::{History, Point};
use crate::metrics::{Routes, process};
use crate::middleware::observer::Observer;
use crate::operation::Operations;
use crate::ops_page;
use crate::overload::Overload;
use crate::resources::{Resources, memory_usage};

/// Turns of the targets in which a minute of the users passes.
const TURNS_A_MINUTE: u64 = 60 / TURN.as_secs();

/// The parts of the process that metrics are read from.
pub struct Sources {
    pub began: Instant,
    pub observing: Arc<Observing>,
    pub targets: Targets,
    pub history: History,
    /// For the moments of the history; durations are measured without it.
    pub clock: Arc<dyn Clock>,
    pub database: Arc<Db>,
    pub cache: Arc<dyn Cache>,
    pub overload: Overload,
}

impl Sources {
    /// Watches every operation from now on.
    pub fn watch(operations: &mut Operations, parts: &Parts, exporting: &Exporting) -> Arc<Self> {
        let workers = Resources::of_process().worker_threads();
        let served =
            operations.iter().map(|operation| (operation.method_and_path().0, operation.full_path()));
        let pages = docs_page::PATHS.iter().chain(&errors_page::PATHS).chain(&ops_page::PATHS);
        let pages = pages.map(|path| (&Method::GET, (*path).to_owned()));
        let routes = Routes::new(served.chain(pages), workers);
        let refused = parts.state.overload.admission.refused().clone();
        let observing = Arc::new(Observing::new(routes, refused, exporting.tap().clone()));
        let observer: Arc<dyn Observer> = observing.clone();
        operations.observe(observer);
        Arc::new(Self {
            began: Instant::now(),
            observing,
            targets: Targets::default(),
            history: History::default(),
            clock: parts.state.application.clock.clone(),
            database: parts.database.clone(),
            cache: parts.state.application.cache.clone(),
            overload: parts.state.overload.clone(),
        })
    }

    fn statements(&self) -> Snapshot {
        let meter = self.database.meter();
        meter.durations(Ran::Read).plus(&meter.durations(Ran::Write))
    }

    /// `None` where there is no server to dial.
    pub fn dials(&self) -> Option<Dials> {
        let server = self.database.dialect() == Dialect::SqlServer;
        server.then(|| self.database.meter().dials())
    }

    pub fn redis(&self) -> Option<RedisStatistics> {
        self.cache.statistics().redis
    }

    fn moment(&self) -> Moment {
        let classes = self.cache.statistics().classes;
        // A look-up that misses in memory goes on to Redis, so the two levels together count as one.
        let hits = classes.iter().map(|class| class.hits).sum();
        let of_memory = classes.iter().filter(|class| class.level == "memory");
        let asked: u64 = of_memory.map(|class| class.hits + class.misses).sum();
        Moment {
            at: self.began.elapsed(),
            requests: self.observing.routes.total(),
            statements: self.statements(),
            failed: self.observing.failed.read(),
            hits,
            misses: asked.saturating_sub(hits),
            cpu: process::cpu_time(),
        }
    }

    /// The last minute.
    fn point(&self) -> Point {
        let (targets, resources) = (&self.targets, Resources::of_process());
        Point {
            at: self.clock.now().to_string(),
            requests_per_second: targets.requests_per_second(),
            failed_per_second: targets.failed_per_second(),
            response_p50: targets.response(0.5),
            response_p95: targets.response(0.95),
            response_p99: targets.response(0.99),
            cpu: targets.cpu(resources.cpus),
            memory: memory_usage(),
        }
    }

    /// Notes the values of each moment until the process stops.
    pub async fn keep(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        let mut interval = tokio::time::interval(TURN);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for turn in 1_u64.. {
            tokio::select! {
                _ = interval.tick() => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            self.targets.turn(self.moment());
            if turn.is_multiple_of(TURNS_A_MINUTE) {
                self.observing.users.turn();
                self.history.add(self.point());
            }
        }
    }
}
