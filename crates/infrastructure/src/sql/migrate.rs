//! Migrations: numbered files, the same numbers and names for both engines, applied once, in order, each in a transaction.

use std::path::Path;

use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::dialect::Dialect;
use super::sqlite::file::{lock_database, named};
use super::sqlite::options::SqliteOptions;
use super::sqlite::values::storage_error;

/// One migration with its text for either engine.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    sqlite: &'static str,
    mssql: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../../../migrations/sqlite/", $name, ".sql")),
            mssql: include_str!(concat!("../../../../migrations/mssql/", $name, ".sql")),
        }),*]
    };
}

/// Every migration, in order.
pub static MIGRATIONS: &[Migration] = migrations![
    1 "0001_ledger",
    2 "0002_attachments",
    3 "0003_lease",
    4 "0004_job_runner",
    5 "0005_import_file",
    6 "0006_tenant_time_zone",
    7 "0007_unique_numbers",
    8 "0008_recurring_occurrences",
    9 "0009_integrity",
    10 "0010_invitations",
    11 "0011_code_digits",
    12 "0012_opening_shard",
    13 "0013_dimension_headings",
    14 "0014_account_history",
    15 "0015_copied_entries",
    16 "0016_ordering_key",
    17 "0017_log_levels",
];

impl Migration {
    pub fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::SqlServer => self.mssql,
        }
    }

    /// SHA-256 of the text as hexadecimal, without regard to line ends: an applied migration must never change.
    pub fn checksum(&self, dialect: Dialect) -> String {
        let digest = Sha256::digest(self.text(dialect).replace("\r\n", "\n").as_bytes());
        domain::hex::hex(&digest)
    }
}

/// Which migrations a database has.
pub const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER NOT NULL PRIMARY KEY, \
     name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT";

/// What is applied: number and checksum.
pub fn applied_sqlite(connection: &Connection) -> StorageResult<Vec<(i64, String)>> {
    let known: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'schema_migration'", [], |row| row.get(0))
        .map_err(storage_error)?;
    if known == 0 {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare("SELECT number, checksum FROM schema_migration ORDER BY number")
        .map_err(storage_error)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(storage_error)?;
    rows.collect::<rusqlite::Result<_>>().map_err(storage_error)
}

/// Which migrations a database still needs; an error when it is newer than this program or was changed.
pub fn pending(applied: &[(i64, String)], dialect: Dialect) -> StorageResult<Vec<&'static Migration>> {
    for (number, checksum) in applied {
        let Some(migration) = MIGRATIONS.iter().find(|m| m.number == *number) else {
            return Err(StorageError::Unusable(format!(
                "the database has migration {number}, which this version does not know: start a newer version"
            )));
        };
        if migration.checksum(dialect) != *checksum {
            return Err(StorageError::Unusable(format!(
                "migration {} was applied with another text; an applied migration never changes",
                migration.name
            )));
        }
    }
    Ok(MIGRATIONS.iter().filter(|m| !applied.iter().any(|(number, _)| *number == m.number)).collect())
}

/// Brings a SQLite database up to date.
pub fn migrate_sqlite(connection: &mut Connection, now: Timestamp) -> StorageResult<()> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage_error)?;
    transaction.execute_batch(HISTORY).map_err(storage_error)?;
    for migration in pending(&applied_sqlite(&transaction)?, Dialect::Sqlite)? {
        transaction.execute_batch(migration.sqlite).map_err(storage_error)?;
        transaction
            .execute(
                "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
                (migration.number, migration.name, migration.checksum(Dialect::Sqlite), now.micros()),
            )
            .map_err(storage_error)?;
    }
    transaction.commit().map_err(storage_error)
}

/// What is applied to the database file; nothing when there is no file.
pub fn applied_in_file(file: &Path) -> StorageResult<Vec<(i64, String)>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    applied_sqlite(&Connection::open(file).map_err(storage_error)?)
}

/// Brings a database file up to date, creating it; answers what was applied. Refused while a server has it open.
pub fn migrate_file(file: &Path, now: Timestamp) -> StorageResult<Vec<&'static str>> {
    let (file, _lock) = lock_database(file)?;
    let file = file.as_path();
    let options = SqliteOptions { readers: 1, ..SqliteOptions::default() };
    let mut connection =
        super::sqlite::tx::open_writer(file, &options).map_err(|error| named(file, error))?;
    let names = pending(&applied_sqlite(&connection)?, Dialect::Sqlite)?.iter().map(|m| m.name).collect();
    migrate_sqlite(&mut connection, now)?;
    Ok(names)
}
