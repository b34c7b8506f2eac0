//! When backups are due (L1–L3): a full one at 02:00 UTC, differential ones at 08:00, 14:00 and 20:00, logs every few minutes
//! from midnight on, and on Sundays at 05:00 a restore for practice.

use chrono::{Datelike, Timelike, Weekday};
use domain::time::Timestamp;

use super::entry::BackupKind;

/// Hour of the full backup. The differential one that would fall on it is left out: the full one holds all it would.
pub const FULL_HOUR: u32 = 2;
pub const DIFFERENTIAL_HOURS: [u32; 3] = [8, 14, 20];
pub const DRILL_HOUR: u32 = 5;
pub const DRILL_DAY: Weekday = Weekday::Sun;
/// How often logs are taken unless the settings say otherwise.
pub const LOG_SECONDS: u32 = 300;

const DAY_SECONDS: i64 = 24 * 60 * 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    Backup(BackupKind),
    RestoreDrill,
}

/// Midnight of UTC, and the whole seconds since.
fn day(moment: Timestamp) -> (Timestamp, i64) {
    let seconds = moment.micros().div_euclid(1_000_000);
    let of_day = seconds.rem_euclid(DAY_SECONDS);
    (Timestamp::from_micros(0).plus_seconds(seconds - of_day), of_day)
}

/// Every hour is of UTC, and nothing is spread at random: one process does it all (the lease).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    log_seconds: u32,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { log_seconds: LOG_SECONDS }
    }
}

impl Calendar {
    /// Logs every so many seconds of the day, at least one.
    pub fn new(log_seconds: u32) -> Self {
        Self { log_seconds: log_seconds.max(1) }
    }

    /// The first moment after `moment` at which something is due, and what, in the order in which it is to be done.
    pub fn next(&self, moment: Timestamp) -> (Timestamp, Vec<Task>) {
        let hours = |hours: &[u32]| hours.iter().map(|hour| i64::from(*hour) * 60 * 60).collect::<Vec<_>>();
        let special = hours(&[
            FULL_HOUR,
            DRILL_HOUR,
            DIFFERENTIAL_HOURS[0],
            DIFFERENTIAL_HOURS[1],
            DIFFERENTIAL_HOURS[2],
        ]);
        let (midnight, of_day) = day(moment);
        let step = i64::from(self.log_seconds);
        let log = (of_day / step + 1) * step;
        let next =
            special.into_iter().filter(|at| *at > of_day).chain([log, DAY_SECONDS]).min().unwrap_or(log);
        let at = midnight.plus_seconds(next);
        (at, self.at(at))
    }

    /// The tasks that are due at exactly this second.
    fn at(&self, moment: Timestamp) -> Vec<Task> {
        let time = moment.to_datetime();
        let hour = (time.minute() == 0 && time.second() == 0).then(|| time.hour());
        let mut due = Vec::new();
        if hour == Some(FULL_HOUR) {
            due.push(Task::Backup(BackupKind::Full));
        }
        if hour.is_some_and(|hour| DIFFERENTIAL_HOURS.contains(&hour)) {
            due.push(Task::Backup(BackupKind::Differential));
        }
        if time.num_seconds_from_midnight().is_multiple_of(self.log_seconds) {
            due.push(Task::Backup(BackupKind::Log));
        }
        if hour == Some(DRILL_HOUR) && time.weekday() == DRILL_DAY {
            due.push(Task::RestoreDrill);
        }
        due
    }

    /// Whether the last full backup is older than the calendar allows, as when nothing ran at its hour.
    pub fn full_is_overdue(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(last) = last else { return true };
        let (midnight, of_day) = day(last);
        let full = i64::from(FULL_HOUR) * 60 * 60;
        let next = midnight.plus_seconds(if of_day < full { full } else { full + DAY_SECONDS });
        next < now
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::at;
    use super::*;

    /// Proves: L1, L2, L3, GV12, X66, X67.
    #[test]
    fn sixty_days_of_a_leap_year() {
        let calendar = Calendar::default();
        let (mut moment, end) = (at("2023-12-31T23:59:59Z"), at("2024-03-01T00:00:00Z"));
        let (mut fulls, mut differentials, mut logs, mut drills) = (Vec::new(), Vec::new(), 0, Vec::new());
        loop {
            let (next, due) = calendar.next(moment);
            if next >= end {
                break;
            }
            for task in due {
                match task {
                    Task::Backup(BackupKind::Full) => fulls.push(next),
                    Task::Backup(BackupKind::Differential) => differentials.push(next.to_datetime().hour()),
                    Task::Backup(BackupKind::Log) => logs += 1,
                    Task::RestoreDrill => drills.push(next.to_datetime().weekday()),
                }
            }
            moment = next;
        }
        assert_eq!((fulls.len(), differentials.len(), logs), (60, 180, 17_280));
        assert_eq!(fulls.first(), Some(&at("2024-01-01T02:00:00Z")));
        assert_eq!(fulls.last(), Some(&at("2024-02-29T02:00:00Z")));
        assert!(fulls.iter().all(|full| full.to_datetime().hour() == 2), "{fulls:?}");
        assert_eq!(differentials[..4], [8, 14, 20, 8]);
        assert_eq!(drills, vec![Weekday::Sun; 8]);
    }

    #[test]
    fn a_full_backup_comes_before_the_log_of_its_moment() {
        let (next, due) = Calendar::default().next(at("2024-01-15T01:59:59.5Z"));
        assert_eq!(next, at("2024-01-15T02:00:00Z"));
        assert_eq!(due, [Task::Backup(BackupKind::Full), Task::Backup(BackupKind::Log)]);
        assert_eq!(Calendar::new(7).next(at("2024-01-15T23:59:59Z")).0, at("2024-01-16T00:00:00Z"));
    }

    #[test]
    fn a_night_that_was_missed_is_made_up_for() {
        let overdue = |last: &str, now: &str| Calendar::default().full_is_overdue(Some(at(last)), at(now));
        assert!(!overdue("2024-01-15T02:00:03Z", "2024-01-16T01:59:00Z"));
        assert!(overdue("2024-01-15T02:00:03Z", "2024-01-16T09:00:00Z"));
        assert!(overdue("2024-01-15T01:00:00Z", "2024-01-15T02:30:00Z"));
        assert!(Calendar::default().full_is_overdue(None, at("2024-01-16T09:00:00Z")));
    }
}
