//! Which backups are kept (L4): everything of the last days, then one full backup a week, a month and a year.

use std::collections::BTreeSet;

use chrono::Datelike;
use domain::time::Timestamp;
use uuid::Uuid;

use super::entry::{BackupKind, Entry};

/// Days within which any moment can be restored, unless the settings say otherwise.
pub const DAYS: u32 = 30;
pub const WEEKS: usize = 5;
pub const MONTHS: usize = 12;
pub const YEARS: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub days: u32,
    pub weeks: usize,
    pub months: usize,
    pub years: usize,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: DAYS, weeks: WEEKS, months: MONTHS, years: YEARS }
    }
}

/// The fate of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Restores moments of the last days.
    Hot,
    /// Kept for long, hardly ever read: moved to cold storage.
    Cold,
    Removed,
}

/// The fate of each entry, in the order of `catalogue`. A backup to which a kept one is applied is kept with it.
pub fn fates(catalogue: &[Entry], retention: Retention, now: Timestamp) -> Vec<Fate> {
    let since = now.plus_seconds(-i64::from(retention.days) * 24 * 60 * 60);
    let mut fulls: Vec<_> = catalogue.iter().filter(|entry| entry.kind == BackupKind::Full).collect();
    fulls.sort_by_key(|full| (full.covers_until, full.id));
    // The oldest moment of the window needs the last full backup before it.
    let window =
        fulls.iter().rev().find(|full| full.covers_until <= since).map_or(since, |full| full.started_at);
    let long = long_term(&fulls, retention);
    let fate = |entry: &Entry| {
        if entry.covers_until >= window {
            Fate::Hot
        } else if long.contains(&entry.id) {
            Fate::Cold
        } else {
            Fate::Removed
        }
    };
    catalogue.iter().map(fate).collect()
}

/// The first full backup of each of the last weeks, months and years that have one.
fn long_term(fulls: &[&Entry], retention: Retention) -> BTreeSet<Uuid> {
    let week = |entry: &Entry| {
        let week = entry.started_at.to_datetime().iso_week();
        (week.year(), week.week())
    };
    let month = |entry: &Entry| {
        let day = entry.started_at.to_datetime();
        (day.year(), day.month())
    };
    let year = |entry: &Entry| (entry.started_at.to_datetime().year(), 0);
    let mut kept = BTreeSet::new();
    kept.extend(firsts(fulls, retention.weeks, week));
    kept.extend(firsts(fulls, retention.months, month));
    kept.extend(firsts(fulls, retention.years, year));
    kept
}

fn firsts(fulls: &[&Entry], count: usize, period: impl Fn(&Entry) -> (i32, u32)) -> Vec<Uuid> {
    let mut firsts: Vec<((i32, u32), Uuid)> = Vec::new();
    for full in fulls {
        if firsts.last().is_none_or(|(last, _)| *last != period(full)) {
            firsts.push((period(full), full.id));
        }
    }
    firsts.iter().rev().take(count).map(|(_, id)| *id).collect()
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::{at, entry};
    use super::super::plan::plan;
    use super::*;

    const HOURS: i64 = 400 * 24;

    /// A log each hour, a full backup each day at 02:00 and a differential one each day at 14:00, for 400 days.
    fn four_hundred_days() -> Vec<Entry> {
        let first = at("2024-01-01T00:00:00Z");
        let text = |hour: i64| first.plus_seconds(hour * 3600).to_string();
        let place = |hour: i64| u64::try_from(hour * 10).unwrap();
        let (mut all, mut base) = (Vec::new(), None);
        for hour in 0..HOURS {
            let (now, next) = (text(hour), text(hour + 1));
            if hour % 24 == 2 {
                all.push(entry(BackupKind::Full, (place(hour), place(hour)), (&now, &now)));
                base = all.last().map(|full| full.id);
            }
            if hour % 24 == 14 {
                let mut diff = entry(BackupKind::Differential, (place(hour - 12), place(hour)), (&now, &now));
                diff.base = base;
                all.push(diff);
            }
            all.push(entry(BackupKind::Log, (place(hour), place(hour + 1)), (&now, &next)));
        }
        all
    }

    /// Proves: L4, X74.
    #[test]
    fn whatever_is_kept_can_be_restored() {
        let all = four_hundred_days();
        let now = at("2024-01-01T00:00:00Z").plus_seconds(HOURS * 3600);
        let fates = fates(&all, Retention::default(), now);
        let kept: Vec<_> = all
            .iter()
            .zip(&fates)
            .filter(|(_, fate)| **fate != Fate::Removed)
            .map(|(entry, _)| entry.clone())
            .collect();
        let cold: Vec<_> =
            all.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Cold).map(|(entry, _)| entry).collect();
        assert!(cold.iter().all(|entry| entry.kind == BackupKind::Full));
        let days: Vec<_> = cold.iter().map(|full| full.started_at.to_string()[..10].to_owned()).collect();
        assert_eq!(
            days,
            [
                "2024-01-01",
                "2024-03-01",
                "2024-04-01",
                "2024-05-01",
                "2024-06-01",
                "2024-07-01",
                "2024-08-01",
                "2024-09-01",
                "2024-10-01",
                "2024-11-01",
                "2024-12-01",
                "2025-01-01",
            ],
            "the year's and twelve months' first; weeks lie within the last days or count as months"
        );
        // Any moment of the last 30 days, and of each full backup that is kept for long.
        for hours in 0..30 * 24 {
            let moment = now.plus_seconds(-hours * 3600 - 1800);
            let restored = plan(&kept, moment).unwrap_or_else(|why| panic!("{moment}: {why}"));
            assert!(restored.logs.len() <= 24);
        }
        for full in cold {
            assert_eq!(plan(&kept, full.covers_until).unwrap().full.id, full.id);
        }
        let logs = kept.iter().filter(|entry| entry.kind == BackupKind::Log).count();
        assert!((30 * 24..=32 * 24).contains(&logs), "{logs} logs");
    }

    #[test]
    fn the_only_full_backup_is_kept_however_old() {
        let all = [entry(BackupKind::Full, (0, 0), ("2020-01-01T02:00:00Z", "2020-01-01T02:00:00Z"))];
        assert_eq!(fates(&all, Retention::default(), at("2024-01-01T00:00:00Z")), [Fate::Hot]);
    }
}
