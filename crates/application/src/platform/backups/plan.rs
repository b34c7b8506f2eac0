//! Which backups restore a moment: the last full one before it, the last differential one on that, then every log up to it.

use domain::time::Timestamp;
use uuid::Uuid;

use super::entry::{BackupKind, Entry, Lsn};

/// The backups to apply, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub at: Timestamp,
    pub full: Entry,
    pub differential: Option<Entry>,
    pub logs: Vec<Entry>,
}

impl Plan {
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.full).chain(&self.differential).chain(&self.logs)
    }
}

/// Why a moment cannot be restored. `best` is the nearest earlier one that can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    #[error("there is no backup before {at}{}", shown(.first, ": the first moment that can be restored is "))]
    TooEarly { at: Timestamp, first: Option<Timestamp> },
    #[error(
        "the chain of backups is broken: what was committed after {best} (place {from}) and before place {to} is in none. \
         The best that can be restored is {best}"
    )]
    Gap { from: Lsn, to: Lsn, best: Timestamp },
    #[error(
        "the backups end at {best}, before the moment that was asked for. The best that can be restored is {best}"
    )]
    TooLate { best: Timestamp },
}

fn shown(moment: &Option<Timestamp>, words: &str) -> String {
    moment.map_or_else(String::new, |moment| format!("{words}{moment}"))
}

/// The backups that bring `at` back, exactly: every commit up to it and none after it.
pub fn plan(catalogue: &[Entry], at: Timestamp) -> Result<Plan, NoPlan> {
    let of = |kind| catalogue.iter().filter(move |entry| entry.kind == kind);
    let full = of(BackupKind::Full)
        .filter(|full| full.covers_until <= at)
        .max_by_key(|full| (full.covers_until, full.id));
    let Some(full) = full.cloned() else {
        let first = of(BackupKind::Full).map(|full| full.covers_until).min();
        return Err(NoPlan::TooEarly { at, first });
    };
    let differential = of(BackupKind::Differential)
        .filter(|diff| diff.base == Some(full.id) && diff.chain == full.chain && diff.covers_until <= at)
        .max_by_key(|diff| (diff.to, diff.covers_until))
        .cloned();
    let reached = differential.as_ref().unwrap_or(&full);
    // A log that begins before a full backup's own end is applied to it from its beginning: pages are whole.
    let start = differential.as_ref().map_or(full.from, |diff| diff.to);
    let logs = logs(catalogue, full.chain, (start, reached), at)?;
    Ok(Plan { at, full, differential, logs })
}

fn logs(
    catalogue: &[Entry],
    chain: Uuid,
    (start, reached): (Lsn, &Entry),
    at: Timestamp,
) -> Result<Vec<Entry>, NoPlan> {
    let mut rest: Vec<_> = catalogue
        .iter()
        .filter(|log| log.kind == BackupKind::Log && log.chain == chain)
        .filter(|log| log.covers_until > reached.covers_until || log.to > start)
        .collect();
    rest.sort_by_key(|log| (log.from, log.to, log.covers_until));
    let (mut place, mut best) = (start, reached.covers_until);
    let mut chosen: Vec<Entry> = Vec::new();
    for log in rest {
        if best >= at && place >= reached.to {
            break;
        }
        if log.from > place {
            return Err(NoPlan::Gap { from: place, to: log.from, best });
        }
        if log.to > place {
            chosen.push(log.clone());
            place = log.to;
        }
        // A moment before the full backup was whole is none of its own.
        best = best.max(log.covers_until);
    }
    if place < reached.to {
        return Err(NoPlan::Gap { from: place, to: reached.to, best });
    }
    if best < at {
        return Err(NoPlan::TooLate { best });
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::{at, entry};
    use super::*;

    fn day(time: &str) -> String {
        format!("2024-01-15T{time}:00Z")
    }

    /// Places an hour.
    const HOUR: u64 = 120;

    /// The day of GV13: full 02:00, differentials 08:00 and 14:00, a log each five minutes until 14:40.
    fn catalogue() -> Vec<Entry> {
        let place = |hour: u64| hour * HOUR + 20;
        let full = entry(BackupKind::Full, (place(2), place(2) + 2), (&day("02:00"), &day("02:01")));
        let mut all = vec![full.clone()];
        for (time, hour) in [("08:00", 8), ("14:00", 14)] {
            let mut diff = entry(BackupKind::Differential, (place(2), place(hour)), (&day(time), &day(time)));
            diff.base = Some(full.id);
            all.push(diff);
        }
        let minute = |step: u64| day(&format!("{:02}:{:02}", step / 12, step % 12 * 5));
        for step in 0..14 * 12 + 8 {
            let places = (step * HOUR / 12 + 20, (step + 1) * HOUR / 12 + 20);
            all.push(entry(BackupKind::Log, places, (&minute(step), &minute(step + 1))));
        }
        all
    }

    fn told(plan: &Plan) -> (String, Option<String>, Vec<String>) {
        let clock = |moment: Timestamp| moment.to_datetime().format("%H:%M").to_string();
        let diff = plan.differential.as_ref().map(|diff| clock(diff.started_at));
        (clock(plan.full.started_at), diff, plan.logs.iter().map(|log| clock(log.covers_until)).collect())
    }

    /// Proves: L6, X71.
    #[test]
    fn the_last_full_the_last_differential_and_every_log_after_it() {
        let all = catalogue();
        let plan = plan(&all, at(&day("14:30"))).unwrap();
        let logs = ["14:05", "14:10", "14:15", "14:20", "14:25", "14:30"].map(str::to_owned).to_vec();
        assert_eq!(told(&plan), ("02:00".to_owned(), Some("14:00".to_owned()), logs));
        let between = super::plan(&all, at(&day("14:27"))).unwrap();
        assert_eq!(told(&between).2.last().map(String::as_str), Some("14:30"));

        let gap: Vec<_> =
            all.iter().filter(|entry| entry.covers_until != at(&day("14:20"))).cloned().collect();
        let refused = super::plan(&gap, at(&day("14:30"))).unwrap_err();
        assert!(matches!(refused, NoPlan::Gap { best, .. } if best == at(&day("14:15"))), "{refused}");
        assert_eq!(super::plan(&gap, at(&day("14:15"))).unwrap().logs.len(), 3);

        let late = super::plan(&all, at("2024-01-15T23:00:00Z")).unwrap_err();
        assert!(matches!(late, NoPlan::TooLate { best } if best == at(&day("14:40"))), "{late}");
        let early = super::plan(&all, at(&day("02:00"))).unwrap_err();
        assert_eq!(early, NoPlan::TooEarly { at: at(&day("02:00")), first: Some(at(&day("02:01"))) });
        assert!(
            super::plan(&[], at(&day("02:00"))).unwrap_err().to_string().starts_with("there is no backup")
        );
    }

    /// Proves: L6.
    #[test]
    fn logs_of_another_chain_do_not_fit() {
        let full = entry(BackupKind::Full, (0, 4), (&day("02:00"), &day("02:00")));
        let mut log = entry(BackupKind::Log, (4, 9), (&day("02:00"), &day("02:05")));
        assert!(plan(&[full.clone(), log.clone()], at(&day("02:05"))).is_err(), "the full begins at 0");
        log.from = Lsn(0);
        assert_eq!(plan(&[full.clone(), log.clone()], at(&day("02:05"))).unwrap().logs.len(), 1);
        log.chain = Uuid::from_u128(2);
        let refused = plan(&[full, log], at(&day("02:05"))).unwrap_err();
        assert!(matches!(refused, NoPlan::Gap { .. }), "{refused}");
    }
}
