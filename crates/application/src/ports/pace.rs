//! How fast work may go that takes long.

use std::time::Duration;

/// Asked on threads that may wait, between two pieces of something that takes long. Where the process has a quota of
/// processor time, one long piece would use it up and everything would stand still, answers to probes included.
pub trait Pace: Send + Sync {
    /// Returns when processor time is left for another piece, or after `longest`.
    fn pause(&self, longest: Duration);
}

/// No work has to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unpaced;

impl Pace for Unpaced {
    fn pause(&self, _: Duration) {}
}
