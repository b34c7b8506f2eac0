//! The owner of the embedded engine's file: one process at a time. The others can read which one, and what for.

use std::fmt;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use application::ports::storage_error::{StorageError, StorageResult};

use super::file::unwritable;
use crate::private_files::{create_directory, open_or_create, real_path};

/// How long a new holder may take to say who it is, a few times.
const SAYING_WAIT: Duration = Duration::from_millis(50);
const SAYING_TRIES: u32 = 20;

/// The purpose for which a process has the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A server, or a command that stands in for one.
    Server,
    /// It brings the schema up to date, and then ends.
    Migration,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "server",
            Self::Migration => "migration",
        })
    }
}

/// The lock file, which the operating system frees when the process ends, however it ends.
#[derive(Debug)]
pub struct DatabaseLock(File);

impl Drop for DatabaseLock {
    fn drop(&mut self) {
        // The text there is only ever read while another process has the lock.
        let _ = self.0.set_len(0);
    }
}

/// Takes the lock file beside the database. The lock is of the file itself and not of a symbolic link to it; its real path
/// is answered.
///
/// Fails with [`StorageError::Retryable`] while another process migrates the database, and with
/// [`StorageError::Unusable`] while a server has it.
pub fn lock_database(path: &Path, purpose: Purpose) -> StorageResult<(PathBuf, DatabaseLock)> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        create_directory(directory).map_err(|error| unwritable(directory, error))?;
    }
    let real = real_path(path).map_err(|error| unwritable(path, error))?;
    let lock_path = real.with_extension("lock");
    let mut file = open_or_create(&lock_path).map_err(|error| unwritable(&lock_path, error))?;
    for tries_left in (0..SAYING_TRIES).rev() {
        let Err(error) = file.try_lock() else { break };
        // The text may be of a process that was killed: the one that took the lock since then says so in a moment.
        std::thread::sleep(SAYING_WAIT);
        let said = std::fs::read_to_string(&lock_path).unwrap_or_default();
        let holder = match said.split_once(' ') {
            Some(("migration", process)) => {
                let text = format!("process {process} brings {} up to date", path.display());
                return Err(StorageError::Retryable(text));
            }
            Some((_, process)) => format!(", process {process}"),
            // It has just given it up.
            None if tries_left > 0 => continue,
            None => String::new(),
        };
        return Err(StorageError::Unusable(format!(
            "{} is in use by another server ({error}{holder}). An embedded database serves one process: stop the other, \
             or give this one another Data:Directory",
            path.display()
        )));
    }
    let said = file.set_len(0).and_then(|()| file.rewind());
    // Without it the others only cannot tell who has it: a full disk is met by whoever needs the space.
    let _ = said.and_then(|()| write!(file, "{purpose} {}", std::process::id()));
    Ok((real, DatabaseLock(file)))
}
