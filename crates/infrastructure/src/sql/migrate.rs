//! Migrations: numbered files, the same numbers and names for both engines, applied once, in order, each in a transaction.
//! A database may be ahead of the program by migrations that only add (ADR 0051).

mod catalogue;
mod expansion;
mod statements;

use std::path::Path;
use std::time::{Duration, Instant};

use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use tracing::info;

pub use self::catalogue::{Contract, MIGRATIONS, Migration};
pub use self::expansion::NEVER_DELETED;
use super::dialect::Dialect;
use super::sqlite::assumed_sizes::assume_sizes;
use super::sqlite::file::named;
use super::sqlite::lock::{Purpose, lock_database};
use super::sqlite::options::SqliteOptions;
use super::sqlite::values::storage_error;

/// How long one migration waits for another one to end, on either engine: longer than any takes, and a job still ends.
pub const MIGRATION_WAIT_MAX: Duration = Duration::from_secs(300);
/// How often it looks.
const MIGRATION_WAIT_STEP: Duration = Duration::from_millis(100);

/// Which migrations a database has.
pub const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER NOT NULL PRIMARY KEY, \
     name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT";

/// The numbers of those that only add, in a database whose history says so.
pub const EXPANSIONS: &str = "SELECT number FROM schema_migration WHERE expand_only = 1";

/// A migration that a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub number: i64,
    pub checksum: String,
    /// As whoever applied it said; of those that this version does not know.
    pub expand_only: bool,
}

impl Applied {
    /// A migration from its number and checksum.
    pub fn new((number, checksum): (i64, String)) -> Self {
        Self { number, checksum, expand_only: false }
    }

    pub fn is_known(&self) -> bool {
        MIGRATIONS.iter().any(|migration| migration.number == self.number)
    }
}

/// Which migrations a database still needs; an error when it was changed, or is newer than this program can live with.
pub fn pending(applied: &[Applied], dialect: Dialect) -> StorageResult<Vec<&'static Migration>> {
    for Applied { number, checksum, expand_only } in applied {
        match MIGRATIONS.iter().find(|migration| migration.number == *number) {
            Some(known) if known.checksum(dialect) != *checksum => {
                return Err(StorageError::Unusable(format!(
                    "migration {} was applied with another text; an applied migration never changes",
                    known.name
                )));
            }
            None if !expand_only => {
                return Err(StorageError::Unusable(format!(
                    "the database has migration {number}, which this version does not know and cannot live with, \
                     because it does more than add: start a newer version"
                )));
            }
            _ => {}
        }
    }
    Ok(MIGRATIONS.iter().filter(|m| !applied.iter().any(|a| a.number == m.number)).collect())
}

/// How many migrations the database is ahead of this program.
pub fn ahead(applied: &[Applied]) -> usize {
    applied.iter().filter(|migration| !migration.is_known()).count()
}

/// Says that the database is ahead, if it is.
pub fn say_ahead(applied: &[Applied]) {
    let count = ahead(applied);
    if count > 0 {
        info!(target: "erp::lifetime", count, "The database has {{count}} migration(s) of a newer version, which only add");
    }
}

/// Says in the history which of the migrations only add; every version with the column knows how to read it.
pub fn mark_expansions() -> String {
    let numbers = MIGRATIONS.iter().filter(|migration| migration.is_expand_only());
    let numbers: Vec<_> = numbers.map(|migration| migration.number.to_string()).collect();
    format!("UPDATE schema_migration SET expand_only = 1 WHERE number IN ({})", numbers.join(", "))
}

/// The migrations that are applied.
pub fn applied_sqlite(connection: &Connection) -> StorageResult<Vec<Applied>> {
    let known: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'schema_migration'", [], |row| row.get(0))
        .map_err(storage_error)?;
    if known == 0 {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare("SELECT number, checksum FROM schema_migration ORDER BY number")
        .map_err(storage_error)?;
    let rows =
        statement.query_map([], |row| Ok(Applied::new((row.get(0)?, row.get(1)?)))).map_err(storage_error)?;
    let mut applied = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(storage_error)?;
    if ahead(&applied) > 0 {
        let mut statement = connection.prepare(EXPANSIONS).map_err(storage_error)?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(storage_error)?;
        note_expansions(&mut applied, &rows.collect::<rusqlite::Result<Vec<_>>>().map_err(storage_error)?);
    }
    Ok(applied)
}

/// Notes what the history says of its migrations.
pub fn note_expansions(applied: &mut [Applied], expansions: &[i64]) {
    for migration in applied {
        migration.expand_only = expansions.contains(&migration.number);
    }
}

/// Brings a SQLite database up to date; answers what was applied.
pub fn migrate_sqlite(connection: &mut Connection, now: Timestamp) -> StorageResult<Vec<&'static str>> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage_error)?;
    transaction.execute_batch(HISTORY).map_err(storage_error)?;
    let applied = applied_sqlite(&transaction)?;
    let pending = pending(&applied, Dialect::Sqlite)?;
    say_ahead(&applied);
    for migration in &pending {
        transaction.execute_batch(migration.text(Dialect::Sqlite)).map_err(storage_error)?;
        transaction
            .execute(
                "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
                (migration.number, migration.name, migration.checksum(Dialect::Sqlite), now.micros()),
            )
            .map_err(storage_error)?;
    }
    if !pending.is_empty() {
        transaction.execute_batch(&mark_expansions()).map_err(storage_error)?;
    }
    transaction.commit().map_err(storage_error)?;
    assume_sizes(connection).map_err(storage_error)?;
    Ok(pending.iter().map(|migration| migration.name).collect())
}

/// The migrations that are applied to the database file; none when there is no file.
pub fn applied_in_file(file: &Path) -> StorageResult<Vec<Applied>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    applied_sqlite(&Connection::open(file).map_err(storage_error)?)
}

/// Brings a database file up to date, creating it; answers what was applied. Refused while a server has it open; another
/// migration is waited for, and `waiting` is told once which one.
pub fn migrate_file(
    file: &Path,
    now: Timestamp,
    wait_max: Duration,
    waiting: impl FnOnce(&str),
) -> StorageResult<Vec<&'static str>> {
    let until = Instant::now() + wait_max;
    let mut waiting = Some(waiting);
    let (file, _lock) = loop {
        match lock_database(file, Purpose::Migration) {
            Err(StorageError::Retryable(other)) if Instant::now() < until => {
                if let Some(waiting) = waiting.take() {
                    waiting(&other);
                }
                std::thread::sleep(MIGRATION_WAIT_STEP);
            }
            Err(StorageError::Retryable(other)) => {
                let seconds = wait_max.as_secs();
                return Err(StorageError::Unusable(format!("{other}, and has not ended after {seconds} s")));
            }
            locked => break locked?,
        }
    };
    let file = file.as_path();
    let options = SqliteOptions { readers: 1, ..SqliteOptions::default() };
    let mut connection =
        super::sqlite::tx::open_writer(file, &options).map_err(|error| named(file, error))?;
    migrate_sqlite(&mut connection, now)
}
