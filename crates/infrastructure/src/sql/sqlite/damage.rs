//! A database file that the engine found damaged: from then on nothing is written to it, so that the damage does not grow
//! and the backup that will replace it misses as little as possible.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use application::ports::storage_error::{StorageError, StorageResult};
use rusqlite::{Connection, OpenFlags};
use tracing::error;

use super::values::storage_error;

/// Largest file that is looked through as a server starts; a larger one takes minutes, and is met as it is read.
pub const CHECKED_AT_START_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Whether the file is damaged. It stays so until the process ends, because only another file mends it.
#[derive(Debug, Default)]
pub struct Damage(AtomicBool);

impl Damage {
    pub fn is_found(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Notes the error if it means damage.
    pub fn note(&self, error: &StorageError) {
        if let StorageError::Damaged(text) = error
            && !self.0.swap(true, Ordering::Relaxed)
        {
            error!(target: "erp::lifetime", text, "The database file is damaged, nothing more is written; restore a backup: {{text}}");
        }
    }

    pub fn noted<T>(&self, result: StorageResult<T>) -> StorageResult<T> {
        result.inspect_err(|error| self.note(error))
    }
}

/// Looks through the structure of a file.
pub fn check(file: &Path) -> StorageResult<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(storage_error)?;
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(storage_error)?;
    if found == "ok" { Ok(()) } else { Err(StorageError::Damaged(found)) }
}
