//! A record as stored, with the time of its last change.

use domain::time::Timestamp;

/// Something read from storage, or just written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    pub value: T,
    pub updated_at: Timestamp,
}
