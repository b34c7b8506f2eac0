//! Backups by the calendar, in the process that does the background work.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use application::platform::backups::calendar::Task;
use application::platform::backups::service::BackupService;
use application::platform::backups::{BackupKind, Entry};
use domain::time::Timestamp;
use tokio::sync::watch;

use super::super::leader::Leading;
use super::service::Service;

/// Longest wait between two looks at the clock, which may be set.
const LOOK_MAX: Duration = Duration::from_secs(30);
/// The schedule does not make up one by one for what fell due longer ago.
const CATCH_UP_SECONDS: i64 = 24 * 60 * 60;

/// The parts of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Logs,
    Others,
}

impl Part {
    fn has(self, task: Task) -> bool {
        match task {
            Task::Backup(BackupKind::Log) => self == Self::Logs,
            // Looked for each time, because it may be due at any time.
            Task::Backup(BackupKind::Full) => false,
            Task::Backup(BackupKind::Differential) | Task::RestoreDrill => self == Self::Others,
        }
    }
}

impl Service {
    /// Takes backups until the process stops. Logs do not wait for what takes long: full backups, reading them back, practice.
    pub async fn run(self: Arc<Self>, leading: Leading, stopped: watch::Receiver<bool>) {
        let logs = self.clone().follow(Part::Logs, leading.clone(), stopped.clone());
        tokio::join!(logs, self.follow(Part::Others, leading, stopped));
    }

    /// A task that fell due several times during a longer one is done once, afterwards.
    async fn follow(self: Arc<Self>, part: Part, leading: Leading, mut stopped: watch::Receiver<bool>) {
        let clock = self.backups.clock.clone();
        let (mut last, mut begun) = (clock.now(), false);
        loop {
            let (at, _) = self.calendar.next(last);
            tokio::select! {
                () = tokio::time::sleep(wait(clock.now(), at, begun)) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            let now = clock.now();
            if !leading.now() {
                last = now;
                continue;
            }
            if part == Part::Others && !begun {
                self.look_back().await;
            }
            let due = self.due(&mut last, now);
            // Not at each look: a full backup that failed is tried again with the next log.
            if part == Part::Others && (!begun || !due.is_empty()) {
                unless_stopped(self.full_where_due(now), &mut stopped).await;
            }
            begun = true;
            for task in due.into_iter().filter(|task| part.has(*task)) {
                // A process that has lost the lease waits until it leads again.
                if *stopped.borrow() || !leading.now() {
                    break;
                }
                unless_stopped(self.one(task), &mut stopped).await;
            }
        }
    }

    /// A full backup at its hour; also at once, where that passed while nothing ran or it failed, or where none fits what the
    /// database holds now.
    async fn full_where_due(&self, now: Timestamp) {
        let base = self.backups.base().await;
        let overdue =
            |last: Option<Entry>| self.calendar.full_is_overdue(last.map(|full| full.covers_until), now);
        if base.is_ok_and(overdue) {
            self.one(Task::Backup(BackupKind::Full)).await;
        }
    }

    fn due(&self, last: &mut Timestamp, now: Timestamp) -> BTreeSet<Task> {
        let mut due = BTreeSet::new();
        let mut cursor = (*last).max(now.plus_seconds(-CATCH_UP_SECONDS));
        loop {
            let (at, tasks) = self.calendar.next(cursor);
            if at > now {
                break;
            }
            due.extend(tasks);
            cursor = at;
        }
        // A clock that was set back is followed.
        *last = cursor.min(now);
        due
    }

    async fn one(&self, task: Task) {
        match task {
            Task::RestoreDrill => self.drill().await,
            // A log restores nothing before there is a full backup, and one is on its way.
            Task::Backup(BackupKind::Log) if matches!(self.backups.base().await, Ok(None)) => {}
            Task::Backup(kind) => {
                // Its failure is logged and counted; the next one comes soon.
                let Ok(taken) = self.take(kind, None).await else { return };
                if taken.entry.kind == BackupKind::Full {
                    self.verify(&taken.entry).await;
                    self.clean().await;
                }
            }
        }
    }
}

/// A stop does not wait for a backup: without its manifest it is none.
async fn unless_stopped(backup: impl Future<Output = ()>, stopped: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = backup => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

/// The first look is a moment after the start.
fn wait(now: Timestamp, at: Timestamp, begun: bool) -> Duration {
    if !begun {
        return Duration::from_millis(200);
    }
    let micros = u64::try_from(at.micros() - now.micros()).unwrap_or(0);
    Duration::from_micros(micros).min(LOOK_MAX)
}
