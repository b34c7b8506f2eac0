//! Which of SQL Server's own backups restore a moment (L6), by the log sequence numbers that the server keeps of them.

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::BackupKind;

/// One of the server's backups. Numbers are of `msdb.dbo.backupset`, up to 25 digits, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerBackup {
    /// `full`, `diff` or `log`.
    pub kind: String,
    pub started_at: String,
    pub finished_at: String,
    /// The beginning of a log backup, at which the log before it ends.
    pub first_lsn: String,
    /// The end of the backup; the first log needed after a full backup contains it.
    pub last_lsn: String,
    /// The checkpoint of the full backup to which a differential one is applied.
    #[serde(default)]
    pub base_lsn: Option<String>,
    /// The checkpoint of a full backup.
    #[serde(default)]
    pub checkpoint_lsn: Option<String>,
    /// The place of the backup, such as `https://…/full.bak`.
    pub url: String,
}

/// The backups that restore a moment, in the order in which they are applied. Before all of them comes the tail of the log, while
/// the database can still give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerPlan {
    pub at: Timestamp,
    pub full: ServerBackup,
    pub differential: Option<ServerBackup>,
    pub logs: Vec<ServerBackup>,
    /// No log began after the moment yet: the tail of the log is the last one.
    pub needs_tail: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoServerPlan {
    #[error("the catalogue cannot be used: {0}")]
    Catalogue(String),
    #[error("there is no full backup that ended before {0}")]
    NoFull(Timestamp),
    #[error(
        "the chain of log backups is broken: after the one of {after} (which ends at {from}) comes the one of {next} (which begins at \
         {to}). The best that can be restored is {best}"
    )]
    Gap { after: Timestamp, from: String, next: Timestamp, to: String, best: Timestamp },
}

/// A backup with its numbers and moments read.
struct Read<'a> {
    kind: BackupKind,
    started: Timestamp,
    finished: Timestamp,
    first: u128,
    last: u128,
    of: &'a ServerBackup,
}

fn read(backup: &ServerBackup) -> Result<Read<'_>, NoServerPlan> {
    let bad =
        |what: &str, text: &str| NoServerPlan::Catalogue(format!("'{text}' is no {what} ({})", backup.url));
    let number = |text: &str| text.parse::<u128>().map_err(|_| bad("log sequence number", text));
    let moment =
        |text: &str| Timestamp::parse(text).map_err(|_| bad("moment such as 2024-01-15T14:30:00Z", text));
    Ok(Read {
        kind: BackupKind::parse(&backup.kind)
            .map_err(|_| bad("kind of backup (full, diff, log)", &backup.kind))?,
        started: moment(&backup.started_at)?,
        finished: moment(&backup.finished_at)?,
        first: number(&backup.first_lsn)?,
        last: number(&backup.last_lsn)?,
        of: backup,
    })
}

/// How to restore `at`: the last full backup that ended before it, the last differential one on that, then every log until the first
/// that began after the moment, so that it is certainly covered.
pub fn plan(catalogue: &[ServerBackup], at: Timestamp) -> Result<ServerPlan, NoServerPlan> {
    let read = catalogue.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let of = |kind| read.iter().filter(move |backup| backup.kind == kind);
    let full = of(BackupKind::Full).filter(|full| full.finished <= at).max_by_key(|full| full.finished);
    let full = full.ok_or(NoServerPlan::NoFull(at))?;
    let base = full.of.checkpoint_lsn.as_deref();
    let differential = of(BackupKind::Differential)
        .filter(|diff| diff.finished <= at && diff.of.base_lsn.as_deref() == base && base.is_some())
        .max_by_key(|diff| diff.finished);
    let reached = differential.unwrap_or(full);
    let mut rest: Vec<_> = of(BackupKind::Log).filter(|log| log.last > reached.last).collect();
    rest.sort_by_key(|log| (log.first, log.last));
    let (mut place, mut before, mut best) = (reached.last, reached, reached.finished);
    let (mut logs, mut needs_tail) = (Vec::new(), true);
    for log in rest {
        if log.first > place {
            return Err(NoServerPlan::Gap {
                after: before.started,
                from: place.to_string(),
                next: log.started,
                to: log.first.to_string(),
                best,
            });
        }
        if log.last <= place {
            continue;
        }
        logs.push(log.of.clone());
        (place, before, best) = (log.last, log, log.started);
        if log.started > at {
            needs_tail = false;
            break;
        }
    }
    Ok(ServerPlan {
        at,
        full: full.of.clone(),
        differential: differential.map(|diff| diff.of.clone()),
        logs,
        needs_tail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn backup(kind: &str, time: &str, first: u32, last: u32) -> ServerBackup {
        let moment = |second: u32| format!("2024-01-15T{time}:{second:02}Z");
        ServerBackup {
            kind: kind.to_owned(),
            started_at: moment(0),
            finished_at: moment(9),
            first_lsn: format!("{first}000000000000001"),
            last_lsn: format!("{last}000000000000001"),
            base_lsn: (kind == "diff").then(|| "777".to_owned()),
            checkpoint_lsn: (kind == "full").then(|| "777".to_owned()),
            url: format!("https://backups.example/{kind}-{}", time.replace(':', "")),
        }
    }

    /// The day of GV13: a log each five minutes from 00:05 to 14:40.
    fn day() -> Vec<ServerBackup> {
        let mut all = vec![
            backup("full", "02:00", 239, 241),
            backup("diff", "08:00", 959, 961),
            backup("diff", "14:00", 1679, 1681),
        ];
        for step in 1..=176_u32 {
            let time = format!("{:02}:{:02}", step / 12, step % 12 * 5);
            all.push(backup("log", &time, (step - 1) * 10, step * 10));
        }
        all
    }

    fn times(plan: &ServerPlan) -> Vec<&str> {
        plan.logs.iter().map(|log| &log.started_at[11..16]).collect()
    }

    /// Proves: L6, GV13, X70, X71.
    #[test]
    fn half_past_two_of_the_fifteenth() {
        let moment = at("2024-01-15T14:30:00Z");
        let plan = plan(&day(), moment).unwrap();
        assert_eq!(plan.full.url, "https://backups.example/full-0200");
        assert_eq!(plan.differential.as_ref().unwrap().url, "https://backups.example/diff-1400");
        assert_eq!(times(&plan), ["14:05", "14:10", "14:15", "14:20", "14:25", "14:30", "14:35"]);
        assert!(!plan.needs_tail);

        let gap: Vec<_> = day().into_iter().filter(|backup| !backup.started_at.contains("T14:20")).collect();
        let refused = super::plan(&gap, moment).unwrap_err();
        assert!(
            matches!(refused, NoServerPlan::Gap { best, .. } if best == at("2024-01-15T14:15:00Z")),
            "{refused}"
        );
        // Moments before the gap can be restored; the gap does not matter for them.
        let earlier = super::plan(&gap, at("2024-01-15T14:07:00Z")).unwrap();
        assert_eq!(times(&earlier), ["14:05", "14:10"]);
    }

    #[test]
    fn the_tail_is_the_last_log_where_no_other_began_after_the_moment() {
        let plan = plan(&day(), at("2024-01-15T14:41:00Z")).unwrap();
        assert!(plan.needs_tail && times(&plan).last() == Some(&"14:40"), "{plan:?}");
        let early = super::plan(&day(), at("2024-01-15T02:00:05Z")).unwrap_err();
        assert!(matches!(early, NoServerPlan::NoFull(_)), "{early}");
    }

    #[test]
    fn a_differential_backup_of_another_full_one_is_not_taken() {
        let mut all = day();
        all[2].base_lsn = Some("776".to_owned());
        let plan = plan(&all, at("2024-01-15T14:30:00Z")).unwrap();
        assert_eq!(plan.differential.unwrap().started_at, "2024-01-15T08:00:00Z");
        all[1].last_lsn = "x".to_owned();
        let refused = super::plan(&all, at("2024-01-15T14:30:00Z")).unwrap_err();
        assert!(refused.to_string().contains("'x' is no log sequence number"), "{refused}");
    }
}
