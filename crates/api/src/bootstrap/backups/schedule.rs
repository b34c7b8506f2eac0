//! Backups by the calendar, in the process that does the background work.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use application::platform::backups::BackupKind;
use application::platform::backups::calendar::Task;
use application::platform::backups::service::BackupService;
use domain::time::Timestamp;
use tokio::sync::watch;

use super::super::leader::Leading;
use super::service::Service;

/// Longest wait between two looks at the clock, which may be set.
const LOOK_MAX: Duration = Duration::from_secs(30);
/// What fell due longer ago is not made up for one by one.
const CATCH_UP_SECONDS: i64 = 24 * 60 * 60;

impl Service {
    /// Takes backups until the process stops. What fell due while another one was being taken is done once, afterwards.
    pub async fn run(self: Arc<Self>, leading: Leading, mut stopped: watch::Receiver<bool>) {
        let clock = self.backups.clock.clone();
        let (mut last, mut looked_back) = (clock.now(), false);
        loop {
            let (at, _) = self.calendar.next(last);
            tokio::select! {
                () = tokio::time::sleep(wait(clock.now(), at, looked_back)) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            let now = clock.now();
            if !leading.now() {
                last = now;
                continue;
            }
            if !looked_back {
                looked_back = true;
                self.look_back().await;
                self.make_up(now).await;
            }
            let due = self.due(&mut last, now);
            for task in due {
                if *stopped.borrow() || !leading.now() {
                    return;
                }
                self.one(task).await;
            }
        }
    }

    /// A full backup at once, where the calendar wanted one while nothing ran, or nothing fits what the database holds now.
    async fn make_up(&self, now: Timestamp) {
        let last = self.backups.last(BackupKind::Full).await;
        let overdue =
            last.is_ok_and(|last| self.calendar.full_is_overdue(last.map(|full| full.covers_until), now));
        let kind = if overdue { BackupKind::Full } else { BackupKind::Log };
        self.one(Task::Backup(kind)).await;
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

/// The first look is a moment after the start.
fn wait(now: Timestamp, at: Timestamp, looked_back: bool) -> Duration {
    if !looked_back {
        return Duration::from_millis(200);
    }
    let micros = u64::try_from(at.micros() - now.micros()).unwrap_or(0);
    Duration::from_micros(micros).min(LOOK_MAX)
}
