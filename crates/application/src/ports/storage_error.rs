//! The errors below a repository, in the few kinds that callers treat differently.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StorageError {
    /// A deadlock, a busy database, a fail-over: the whole command may run again.
    #[error("transient storage failure: {0}")]
    Retryable(String),
    /// Another row has the same value in `field`. The value is known where the change was of one row.
    #[error("constraint {constraint} refused the change: {detail}")]
    Taken { constraint: &'static str, field: &'static str, value: Option<String>, detail: String },
    /// The change refers, by `field`, to a `resource` that is not there.
    #[error("constraint {constraint} refused the change: {detail}")]
    UnknownReference {
        constraint: String,
        field: String,
        resource: String,
        value: Option<String>,
        detail: String,
    },
    /// The row to delete is referred to by rows of the resource `users`.
    #[error("constraint {constraint} refused the change: {detail}")]
    InUse { constraint: String, users: String, detail: String },
    /// Another constraint refused the change.
    #[error("constraint {constraint} refused the change: {detail}")]
    Constraint { constraint: String, detail: String },
    #[error("storage is away: {0}")]
    Unavailable(String),
    #[error("storage did not answer in time: {0}")]
    Timeout(String),
    /// No space, or no right to write.
    #[error("storage cannot be written: {0}")]
    Full(String),
    /// The engine found the database file damaged: nothing but a backup mends it.
    #[error("the database file is damaged: {0}")]
    Damaged(String),
    /// The request cannot be done with this file or this schema; the text says why and what to do instead.
    #[error("{0}")]
    Unusable(String),
    /// A stored row that does not parse.
    #[error("{table}.{column} cannot be read: {detail}")]
    Corrupt { table: &'static str, column: &'static str, detail: String },
    #[error("storage failure: {0}")]
    Internal(String),
}

pub type StorageResult<T> = Result<T, StorageError>;
