//! What can go wrong below a repository, in the few kinds that callers treat differently.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StorageError {
    /// A deadlock, a busy database, a fail-over: the whole command may run again.
    #[error("transient storage failure: {0}")]
    Retryable(String),
    /// A named constraint refused the change; adapters of a resource turn the ones they know into domain errors.
    #[error("constraint {constraint} refused the change: {detail}")]
    Constraint { constraint: String, detail: String },
    #[error("storage is away: {0}")]
    Unavailable(String),
    #[error("storage did not answer in time: {0}")]
    Timeout(String),
    /// No space, or no right to write.
    #[error("storage cannot be written: {0}")]
    Full(String),
    /// A stored row that does not parse.
    #[error("{table}.{column} cannot be read: {detail}")]
    Corrupt { table: &'static str, column: &'static str, detail: String },
    #[error("storage failure: {0}")]
    Internal(String),
}

pub type StorageResult<T> = Result<T, StorageError>;
