//! Commands that work on the database without serving it.

use std::io::Write;
use std::path::Path;

use application::ports::clock::Clock;
use infrastructure::sql::backup::{self, BackupSummary};
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate;
use infrastructure::system::SystemClock;

use super::{Failure, print};
use crate::config::Settings;

pub fn backup(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let summary = backup::backup(&settings.database.file, file)?;
    print(&format!("Backed up and verified: {}\n", told(&summary)))
}

pub fn restore(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let (summary, kept) = backup::restore(file, &settings.database.file, SystemClock.now())?;
    print(&format!("Restored and verified: {}\n", told(&summary)))?;
    match kept {
        Some(kept) => print(&format!("What was there before is kept as {}\n", kept.display())),
        None => Ok(()),
    }
}

fn told(summary: &BackupSummary) -> String {
    format!(
        "{} ({} bytes, schema {}, {} tenants, {} journal entries)",
        summary.file.display(),
        summary.bytes,
        summary.schema,
        summary.tenants,
        summary.journal_entries
    )
}

pub fn migrate(settings: &Settings, plan: bool, status: bool) -> Result<(), Failure> {
    let file = &settings.database.file;
    let applied = migrate::applied_in_file(file)?;
    let pending = migrate::pending(&applied, Dialect::Sqlite)?;
    let mut out = std::io::stdout().lock();
    if status {
        for migration in migrate::MIGRATIONS {
            let state =
                if pending.iter().any(|p| p.number == migration.number) { "pending" } else { "applied" };
            writeln!(out, "{state:8} {}", migration.name)?;
        }
        return Ok(());
    }
    if pending.is_empty() {
        return Ok(writeln!(out, "The database is up to date.")?);
    }
    if plan {
        for migration in &pending {
            writeln!(out, "-- {}\n{}", migration.name, migration.text(Dialect::Sqlite))?;
        }
        return Ok(());
    }
    for name in migrate::migrate_file(file, SystemClock.now())? {
        writeln!(out, "applied  {name}")?;
    }
    Ok(())
}

pub async fn import(_settings: &Settings, _args: crate::cli::ImportArgs) -> Result<(), Failure> {
    Err(Failure::Other("imports are not merged".to_owned()))
}
