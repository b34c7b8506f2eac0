//! The file of the embedded engine: it is checked at the start, and named in its errors.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::ports::storage_error::StorageError;

use super::damage::{self, CHECKED_AT_START_BYTES_MAX, Damage};

/// Looks through a small file beside the first requests, so that damage is known before somebody relies on it.
pub fn look_through(path: PathBuf, damage: Arc<Damage>) {
    let bytes = std::fs::metadata(&path).map_or(u64::MAX, |file| file.len());
    if bytes <= CHECKED_AT_START_BYTES_MAX {
        tokio::task::spawn_blocking(move || {
            let _ = damage.noted(damage::check(&path));
        });
    }
}

/// The error of a place that cannot be written, with what to do.
pub fn unwritable(path: &Path, error: impl std::fmt::Display) -> StorageError {
    StorageError::Full(format!(
        "{}: {error}. Free space there, or give Data:Directory a folder that can be written",
        path.display()
    ))
}

/// The engine's error about a file it cannot write or read, with the file's name and what to do.
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
