//! The file of the embedded engine: locked for one process, named in what goes wrong with it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::ports::storage_error::{StorageError, StorageResult};

use super::damage::{self, CHECKED_AT_START_BYTES_MAX, Damage};
use crate::private_files::{create_directory, open_or_create, real_path};

/// Takes the lock file beside the database, which the operating system frees when the process ends, however it ends.
/// The lock is of the file itself and not of a symbolic link to it; its real path is answered.
pub fn lock_database(path: &Path) -> StorageResult<(PathBuf, File)> {
    let shown = path.display();
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        create_directory(directory).map_err(|error| unwritable(directory, error))?;
    }
    let real = real_path(path).map_err(|error| unwritable(path, error))?;
    let lock_path = real.with_extension("lock");
    let file = open_or_create(&lock_path).map_err(|error| unwritable(&lock_path, error))?;
    file.try_lock().map_err(|error| {
        StorageError::Unusable(format!(
            "{shown} is in use by another server ({error}). An embedded database serves one process: stop the other, \
             or give this one another Data:Directory"
        ))
    })?;
    Ok((real, file))
}

/// Looks through a small file beside the first requests, so that damage is known before somebody relies on it.
pub fn look_through(path: PathBuf, damage: Arc<Damage>) {
    let bytes = std::fs::metadata(&path).map_or(u64::MAX, |file| file.len());
    if bytes <= CHECKED_AT_START_BYTES_MAX {
        tokio::task::spawn_blocking(move || {
            let _ = damage.noted(damage::check(&path));
        });
    }
}

fn unwritable(path: &Path, error: impl std::fmt::Display) -> StorageError {
    StorageError::Full(format!(
        "{}: {error}. Free space there, or give Data:Directory a folder that can be written",
        path.display()
    ))
}

/// What the engine says of a file it cannot write or read, with the file's name and what to do.
pub fn named(path: &Path, error: StorageError) -> StorageError {
    match error {
        StorageError::Full(text) => unwritable(path, text),
        StorageError::Damaged(text) => StorageError::Damaged(format!(
            "{}: {text}. Restore a backup with 'erp-api restore <file>', which keeps this file beside it",
            path.display()
        )),
        other => other,
    }
}
