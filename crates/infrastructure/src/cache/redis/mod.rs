//! The shared level: values, generations and news of changes in Redis.
//!
//! docs/adr/0024 says why it is right. In short: a value counts only together with the generations it was loaded under; a
//! process that changes something removes the generations and tells the others; a process that has not been told anything
//! for a while believes no value for long.

mod backplane;
mod connect;
mod counts;
mod flush;
mod link;
mod pending;
mod ping;
mod raise;
mod remote;
mod session;
mod supervisor;
mod trust;
mod values;

use std::time::Duration;

pub(super) use counts::add as add_counts;
pub(super) use link::Link;
pub(super) use ping::ping;
pub(super) use remote::{Remote, RemoteParts};
pub(super) use supervisor::supervise;
pub(super) use trust::is_told;
pub(super) use values::{Awaited, Look};

/// Longest one operation may take (F1).
pub const OPERATION_TIMEOUT: Duration = Duration::from_millis(150);
/// Operations in a row that take too long before the breaker opens.
pub const FAILURES_MAX: u32 = 2;
/// How long a value loaded while nobody tells us of others' changes is believed.
pub const UNTOLD_BELIEF: Duration = Duration::from_millis(200);
/// How long a generation that nobody raises is kept; a value under a forgotten one is a miss.
pub const GENERATION_LIFE: Duration = Duration::from_secs(86_400);
/// How long the lock of a load that never ends is held.
pub const LOCK_LIFE: Duration = Duration::from_secs(5);
/// How long a value is awaited that another process is loading.
pub const LOCK_WAIT: Duration = Duration::from_millis(400);
/// Keys one flush looks at.
pub const FLUSH_KEYS_MAX: u64 = 1_000_000;
/// Longest time of one flush.
pub const FLUSH_DEADLINE: Duration = Duration::from_secs(20);

/// The rhythm of the connection. The defaults are what the ADR reasons about; tests are in more of a hurry.
#[derive(Debug, Clone, Copy)]
pub struct Timings {
    /// How often this process sends itself a message through Redis.
    pub heartbeat: Duration,
    /// How long after the last heartbeat that came back the news of others is taken to be complete. A multiple of
    /// `heartbeat`, and less than the second in which a revoked right must bite.
    pub lease: Duration,
    /// Pause between two attempts to connect.
    pub retry: Duration,
    /// Longest attempt to connect.
    pub connect_max: Duration,
    /// After connecting, how long others are given to say what they could not say before: more than `retry` and
    /// `connect_max` together.
    pub quarantine: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_millis(150),
            lease: Duration::from_millis(900),
            retry: Duration::from_millis(250),
            connect_max: Duration::from_secs(2),
            quarantine: Duration::from_secs(3),
        }
    }
}
