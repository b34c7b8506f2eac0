//! The stubs are peers of the product, not part of it: they have the machine's time.

/// Seconds since 1970.
#[allow(clippy::disallowed_methods)] // a peer has a clock of its own
pub fn unix_seconds() -> i64 {
    chrono::Utc::now().timestamp()
}
