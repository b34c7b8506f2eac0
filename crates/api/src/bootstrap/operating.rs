//! Puts together the view that operators have of this process, and follows the log levels that all processes share.

use std::sync::Arc;
use std::time::Duration;

use application::platform::backups::service::BackupService;
use application::platform::log_levels::{LogLevelQueries, StoredLevels};
use application::ports::clock::Clock;
use axum::Router;
use tokio::sync::{Notify, watch};
use tokio::time::MissedTickBehavior;
use tracing::{debug, info};

use super::health_checks::database_name;
use super::leader::Leading;
use super::metrics::{self, Others};
use super::stores::build;
use super::telemetry::{Exporting, machine};
use super::wiring::{Parts, api_operations, http_limits};
use crate::config::{LiveSettings, Settings};
use crate::health::{HealthState, router_with_access};
use crate::middleware::host::from_connections;
use crate::operating::log_level::{from_shared, told};
use crate::operating::{Build, Operating};
use crate::resources::Resources;
use crate::telemetry::{AUDIT, LevelSwitch, Logs};

/// How often each process looks whether somebody changed the log levels of all.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The parts of the process that operators look at.
pub struct Seen<'a> {
    pub backups: Option<Arc<dyn BackupService>>,
    pub settings: &'a Settings,
    pub parts: &'a Parts,
    pub health: &'a HealthState,
    pub live: &'a LiveSettings,
    pub levels: &'a LevelSwitch,
    pub logs: &'a Logs,
    pub exporting: &'a Exporting,
}

/// The API, every request of which is counted, and what operators see of it.
pub struct Watched {
    pub router: Router,
    pub operating: Operating,
    pub sources: Arc<metrics::Sources>,
}

pub fn watched(seen: &Seen<'_>, leading: Leading) -> Watched {
    let Seen { settings, parts, live, logs, exporting, ref backups, .. } = *seen;
    let mut operations = api_operations();
    operations.plain(router_with_access(seen.health.clone()).with_state(()));
    let sources = metrics::Sources::watch(&mut operations, parts, exporting);
    let metrics = metrics::metrics(
        &sources,
        Others { settings, parts, live, logs, leading, exporting, backups: backups.clone() },
    );
    let operating = Operating {
        health: seen.health.clone(),
        levels: seen.levels.clone(),
        live: Some(live.clone()),
        metrics,
        history: sources.history.clone(),
        slow: parts.database.clone(),
        build: Arc::new(build_of(settings, parts)),
        backups: backups.clone(),
        levels_changed: Arc::default(),
    };
    let state = parts.state.clone().operated_by(operating.clone());
    let router = operations.into_router(state, &http_limits(settings)).layer(from_connections());
    Watched { router, operating, sources }
}

fn build_of(settings: &Settings, parts: &Parts) -> Build {
    let resources = Resources::of_process();
    Build {
        version: env!("CARGO_PKG_VERSION"),
        build: build(),
        environment: settings.environment.name(),
        database: database_name(parts.database.dialect()),
        host: machine(),
        process_id: std::process::id(),
        started_at: parts.state.application.clock.now(),
        worker_threads: resources.worker_threads(),
        cpus: resources.cpus,
        memory_bytes: resources.memory_bytes,
        open_files_max: resources.open_files,
    }
}

/// Puts the levels that all processes share into force in this one.
pub struct SharedLevels {
    queries: Arc<dyn LogLevelQueries>,
    clock: Arc<dyn Clock>,
    levels: LevelSwitch,
    changed: Arc<Notify>,
    /// Version of the last change that was taken over, and the number it has here.
    seen: Option<(i64, Option<u64>)>,
}

impl SharedLevels {
    pub fn new(parts: &Parts, operating: &Operating) -> Self {
        Self {
            queries: parts.database.clone(),
            clock: parts.state.application.clock.clone(),
            levels: operating.levels.clone(),
            changed: operating.levels_changed.clone(),
            seen: None,
        }
    }

    /// Looks every few seconds, and at once when this process was asked for the change.
    pub async fn follow(mut self, mut stopped: watch::Receiver<bool>) {
        let mut interval = tokio::time::interval(LOOK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = self.changed.notified() => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            match self.queries.log_levels().await {
                Ok(Some(stored)) => self.take_over(stored),
                Ok(None) => {}
                // Health says that the database is away; the levels stay as they are.
                Err(error) => {
                    debug!(%error, "The log levels of all processes cannot be read: {{error}}");
                }
            }
        }
    }

    fn take_over(&mut self, stored: StoredLevels) {
        let before = self.seen;
        if before.is_some_and(|(version, _)| version == stored.version) {
            return;
        }
        let now = self.clock.now();
        let left = Duration::from_micros((stored.until.micros() - now.micros()).max(0).unsigned_abs());
        let number = match stored.levels {
            Some(levels) if !left.is_zero() => {
                let change = from_shared(&levels);
                info!(
                    target: AUDIT, levels = told(&change), until = %stored.until,
                    "Log levels of all processes changed until {{until}}: {{levels}}"
                );
                Some(self.levels.change_for(change, stored.until, left))
            }
            _ => {
                // A change that the admin listener of this process made since is not of all processes.
                let shared = before.and_then(|(_, number)| number);
                if shared.is_some_and(|number| self.levels.end(Some(number))) {
                    info!(target: AUDIT, "The log levels of all processes are the configured ones again");
                }
                None
            }
        };
        self.seen = Some((stored.version, number));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use application::error::AppResult;
    use application::platform::log_levels::SharedLevels as Levels;
    use async_trait::async_trait;
    use domain::time::Timestamp;

    use super::*;
    use crate::telemetry::{Level, LevelChange, LevelRules};

    struct Stored(Mutex<Option<StoredLevels>>);

    #[async_trait]
    impl LogLevelQueries for Stored {
        async fn log_levels(&self) -> AppResult<Option<StoredLevels>> {
            Ok(self.0.lock().unwrap().clone())
        }
    }

    struct AtNoon;

    impl Clock for AtNoon {
        fn now(&self) -> Timestamp {
            Timestamp::parse("2026-03-15T12:00:00Z").unwrap()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_of_another_process_counts_here_until_it_ends_or_is_ended() {
        let levels = LevelSwitch::new(LevelRules::new(Level::Information, []), |_| {});
        let stored = Arc::new(Stored(Mutex::new(None)));
        let (stop, stopped) = watch::channel(false);
        let shared = SharedLevels {
            queries: stored.clone(),
            clock: Arc::new(AtNoon),
            levels: levels.clone(),
            changed: Arc::default(),
            seen: None,
        };
        let following = tokio::spawn(shared.follow(stopped));
        let put = |level: Option<&str>, seconds: i64, version: i64| {
            let levels = level.map(|level| Levels { default: Some(level.to_owned()), ..Levels::default() });
            let until = AtNoon.now().plus_seconds(seconds);
            *stored.0.lock().unwrap() = Some(StoredLevels { levels, until, version });
        };
        let counts = || levels.in_force().now.default_level();
        let a_while = async || tokio::time::sleep(LOOK_EVERY + Duration::from_secs(1)).await;

        // One that has ended before this process began counts for nothing.
        put(Some("Verbose"), -1, 1);
        a_while().await;
        assert_eq!(counts(), Level::Information);
        put(Some("Debug"), 60, 2);
        a_while().await;
        assert_eq!(counts(), Level::Debug);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(counts(), Level::Information, "it ended by itself");
        put(Some("Debug"), 600, 3);
        a_while().await;
        put(None, 0, 4);
        a_while().await;
        assert_eq!(counts(), Level::Information, "it was ended");
        put(Some("Debug"), 600, 5);
        a_while().await;
        // A later change of this process alone is not ended with it.
        let error = LevelChange { default: Some(Level::Error), overrides: Vec::new() };
        levels.change_for(error, AtNoon.now(), Duration::from_secs(600));
        put(None, 0, 6);
        a_while().await;
        assert_eq!(counts(), Level::Error);
        stop.send(true).unwrap();
        following.await.unwrap();
    }
}
