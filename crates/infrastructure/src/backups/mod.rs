//! Backups of an embedded database into the file store, and back (docs/BACKUP.md).

pub mod check;
mod clean;
pub mod files;
pub mod keys;
pub mod replay;
pub mod repository;
pub mod restore;
pub mod sealed;
pub mod source;
pub mod take;

use std::io;

use application::error::AppError;
use application::platform::backups::NoPlan;
use application::ports::blobs::BlobError;
use application::ports::storage_error::StorageError;

pub use keys::{KeyRing, SealingKey};
pub use repository::Repository;
pub use source::Source;
pub use take::Backups;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    NoPlan(#[from] NoPlan),
    #[error("{0}")]
    Damaged(String),
    #[error(transparent)]
    Store(#[from] BlobError),
    #[error(transparent)]
    Database(#[from] StorageError),
    #[error("{0}")]
    File(#[from] io::Error),
    /// The request makes no sense now; the text says which one would.
    #[error("{0}")]
    Refused(String),
}

impl From<BackupError> for AppError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::Database(error) => error.into(),
            other => Self::internal(other.to_string()),
        }
    }
}
