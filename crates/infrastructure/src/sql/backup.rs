//! Copies of an embedded database: taken while a server runs, verified before they are trusted.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use super::dialect::Dialect;
use super::migrate;
use super::sqlite::lock::{DatabaseLock, Purpose, lock_database};
use super::sqlite::values::storage_error;
use crate::private_files;

/// Bytes read at a time.
const BUFFER_BYTES: usize = 256 * 1024;

/// The content of a verified copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSummary {
    pub file: PathBuf,
    pub bytes: u64,
    pub tenants: i64,
    pub journal_entries: i64,
    /// Number of the last migration.
    pub schema: i64,
}

/// Writes a verified copy of the database at `source` to `target`, which must not exist. The copy is one consistent
/// moment; a running server goes on writing meanwhile.
pub fn backup(source: &Path, target: &Path) -> StorageResult<BackupSummary> {
    if target.exists() {
        return Err(StorageError::Unusable(format!(
            "{} exists already: name a file that does not, so that no backup is overwritten",
            target.display()
        )));
    }
    let partial = sibling(target, "partial");
    let _ = fs::remove_file(&partial);
    let from = open(source)?;
    private_files::create_new(&partial).map_err(|error| cannot_write(&partial, &error))?;
    let mut to = Connection::open(&partial).map_err(storage_error)?;
    {
        let copy = Backup::new(&from, &mut to).map_err(storage_error)?;
        // In one step: with several, every commit of the server would make it start again.
        match copy.step(-1).map_err(storage_error)? {
            StepResult::Done => {}
            _ => return Err(StorageError::Retryable("the database is busy".to_owned())),
        }
    }
    to.pragma_update(None, "journal_mode", "DELETE").map_err(storage_error)?;
    drop(to);
    let mut summary = verify(&partial)?;
    finish(&partial, target)?;
    summary.file = target.to_owned();
    Ok(summary)
}

/// The SHA-256 of a file in hexadecimal digits, as `sha256sum` prints it.
pub fn sha256(file: &Path) -> StorageResult<String> {
    let unreadable = |error: &std::io::Error| {
        StorageError::Unusable(format!("{} cannot be read: {error}", file.display()))
    };
    let mut reader = File::open(file).map_err(|error| unreadable(&error))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; BUFFER_BYTES]);
    loop {
        match reader.read(&mut buffer).map_err(|error| unreadable(&error))? {
            0 => return Ok(domain::hex::hex(&hash.finalize())),
            bytes => hash.update(&buffer[..bytes]),
        }
    }
}

/// Checks that a file is a whole database of a version this program knows.
pub fn verify(file: &Path) -> StorageResult<BackupSummary> {
    let connection = open(file)?;
    let damaged = |what: &str| StorageError::Unusable(format!("{} is damaged: {what}", file.display()));
    let answer: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|error| {
            match storage_error(error) {
                StorageError::Damaged(text) => damaged(&text),
                other => other,
            }
        })?;
    if answer != "ok" {
        return Err(damaged(&answer));
    }
    let orphan: Option<String> = connection
        .query_row("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", [], |row| row.get(0))
        .or_else(|error| if error == rusqlite::Error::QueryReturnedNoRows { Ok(None) } else { Err(error) })
        .map_err(storage_error)?;
    if let Some(table) = orphan {
        return Err(damaged(&format!("a row of {table} points to nothing")));
    }
    let applied = migrate::applied_sqlite(&connection)?;
    let Some(newest) = applied.last() else {
        return Err(StorageError::Unusable(format!("{} is not a database of this product", file.display())));
    };
    migrate::pending(&applied, Dialect::Sqlite)?;
    let count = |table: &str| -> StorageResult<i64> {
        connection
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .map_err(storage_error)
    };
    Ok(BackupSummary {
        file: file.to_owned(),
        bytes: fs::metadata(file).map_or(0, |data| data.len()),
        tenants: count("tenant")?,
        journal_entries: count("journal_entry")?,
        schema: newest.number,
    })
}

/// Copies `copy` beside the database at `target` and verifies the structure of what was copied. Refused while a server has
/// the database open; until it is put in place or dropped nothing else can open it either.
pub fn prepare_restore(copy: &Path, target: &Path) -> StorageResult<Restoring> {
    verify(copy)?;
    let (target, lock) = lock_database(target, Purpose::Server)?;
    let restoring = Restoring { file: sibling(&target, "restoring"), target, _lock: lock };
    copied(copy, &restoring.file)?;
    verify(&restoring.file)?;
    Ok(restoring)
}

/// A verified copy on its way into the place of a database. Dropped, it leaves nothing behind.
pub struct Restoring {
    file: PathBuf,
    target: PathBuf,
    _lock: DatabaseLock,
}

impl Restoring {
    /// The folder of the copy, where there is room for a second one, if anywhere.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    /// A second copy, for a check that has to bring it up to date.
    pub fn copy_to(&self, to: &Path) -> StorageResult<()> {
        copied(&self.file, to)
    }

    pub fn finish(self, now: Timestamp) -> StorageResult<(BackupSummary, Option<PathBuf>)> {
        put_in_place(&self.file, &self.target, now)
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

fn copied(from: &Path, to: &Path) -> StorageResult<()> {
    let _ = fs::remove_file(to);
    let copy = || -> std::io::Result<()> {
        std::io::copy(&mut File::open(from)?, &mut private_files::create_new(to)?).map(drop)
    };
    copy().map_err(|error| cannot_write(to, &error))
}

/// Puts a verified copy in the place of the database at `target`. An existing file is kept beside it; its name is
/// answered. Refused while a server has the database open.
pub fn restore(
    copy: &Path,
    target: &Path,
    now: Timestamp,
) -> StorageResult<(BackupSummary, Option<PathBuf>)> {
    prepare_restore(copy, target)?.finish(now)
}

fn put_in_place(
    partial: &Path,
    target: &Path,
    now: Timestamp,
) -> StorageResult<(BackupSummary, Option<PathBuf>)> {
    let mut summary = verify(partial)?;
    let kept = target.exists().then(|| {
        let moment = now.to_datetime().format("%Y%m%dT%H%M%SZ");
        sibling(target, &format!("before-{moment}"))
    });
    if let Some(kept) = &kept {
        settle(target)?;
        fs::rename(target, kept).map_err(|error| cannot_write(kept, &error))?;
    }
    // Files beside the old database, and those that looking at the copy has left.
    for (file, suffix) in [(target, "-wal"), (target, "-shm"), (partial, "-wal"), (partial, "-shm")] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        let _ = fs::remove_file(PathBuf::from(name));
    }
    finish(partial, target)?;
    summary.file = target.to_owned();
    Ok((summary, kept))
}

fn open(file: &Path) -> StorageResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !file.exists() {
        return Err(StorageError::Unusable(format!("{} does not exist", file.display())));
    }
    let connection = Connection::open_with_flags(file, flags).map_err(storage_error)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(storage_error)?;
    Ok(connection)
}

/// Brings the write-ahead log into the file, so that the file alone is the whole database.
fn settle(file: &Path) -> StorageResult<()> {
    let checkpoint = || Connection::open(file)?.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);");
    match checkpoint().map_err(storage_error) {
        // A file that is no database any more is what is being replaced.
        Err(StorageError::Damaged(_)) => Ok(()),
        settled => settled,
    }
}

/// Makes the finished file durable under its final name.
fn finish(partial: &Path, target: &Path) -> StorageResult<()> {
    File::open(partial).and_then(|file| file.sync_all()).map_err(|error| cannot_write(partial, &error))?;
    fs::rename(partial, target).map_err(|error| cannot_write(target, &error))?;
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder).and_then(|file| file.sync_all()).map_err(|error| cannot_write(folder, &error))?;
    }
    Ok(())
}

fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn cannot_write(path: &Path, error: &std::io::Error) -> StorageError {
    StorageError::Full(format!("cannot write {}: {error}", path.display()))
}
