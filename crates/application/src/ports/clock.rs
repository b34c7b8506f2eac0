//! Time and ids come in from outside, so that tests decide them.

use domain::time::Timestamp;
use uuid::Uuid;

pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
}

pub trait Ids: Send + Sync {
    /// A new UUID version 7. Later calls MUST sort after earlier ones of the same process.
    fn new_id(&self) -> Uuid;
    /// `N` bytes from the operating system's secure source.
    fn secret(&self) -> [u8; 32];
}
