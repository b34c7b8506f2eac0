//! The phase of the process between start and stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Migrating, warming up: alive but not ready.
    Starting,
    /// Serving: readiness follows the critical checks.
    Ready,
    /// Told to stop: not ready from this moment on (X39).
    Draining,
}

/// Shared by the process and its health endpoints; a clone is the same lifecycle.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle(Arc<AtomicU8>);

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

impl Lifecycle {
    pub fn phase(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            STARTING => Phase::Starting,
            READY => Phase::Ready,
            _ => Phase::Draining,
        }
    }
    /// Starting is over. Nothing when already draining: there is no way back.
    pub fn ready(&self) {
        let _ = self.0.compare_exchange(STARTING, READY, Ordering::AcqRel, Ordering::Acquire);
    }
    pub fn drain(&self) {
        self.0.store(DRAINING, Ordering::Release);
    }
}
