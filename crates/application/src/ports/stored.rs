//! A record as stored, with its version and times.

use domain::time::Timestamp;

/// Something read from storage, or just written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    pub value: T,
    pub updated_at: Timestamp,
}
