//! The switches that operators change while the server serves: read-only mode, whose turn background work is, rate
//! limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::error::AppError;

use super::rate::{RateLimiter, Rates};

/// The time after which a client that was refused because of read-only mode may try again.
pub const READ_ONLY_RETRY: Duration = Duration::from_secs(30);

domain::errors! {
    READ_ONLY = "read_only", Unavailable, Operator,
        "The system is read-only for the moment: reading works, nothing can be changed. Try again later.",
        "النظام في وضع القراءة فقط حاليًا: القراءة متاحة ولا يمكن إجراء أي تغيير. أعد المحاولة لاحقًا.";
}

struct Shared {
    read_only: AtomicBool,
    runs_jobs: AtomicBool,
    rates: Arc<RateLimiter>,
}

/// Handle on the switches; clones share them.
#[derive(Clone)]
pub struct Switches(Arc<Shared>);

impl Default for Switches {
    /// Everything may be changed, background work runs, no rate limits.
    fn default() -> Self {
        Self(Arc::new(Shared {
            read_only: AtomicBool::new(false),
            runs_jobs: AtomicBool::new(true),
            rates: Arc::new(RateLimiter::new(Rates::OFF)),
        }))
    }
}

impl Switches {
    pub fn set_region(&self, read_only: bool, runs_jobs: bool) {
        self.0.read_only.store(read_only, Ordering::Relaxed);
        self.0.runs_jobs.store(runs_jobs, Ordering::Relaxed);
    }

    /// Whether background work is this installation's to do; which of its replicas does it, a lease decides.
    pub fn runs_jobs(&self) -> bool {
        self.0.runs_jobs.load(Ordering::Relaxed)
    }

    /// Refuses what would change something in read-only mode.
    pub fn may_write(&self) -> Result<(), AppError> {
        if !self.0.read_only.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(AppError { retry_after: Some(READ_ONLY_RETRY), ..AppError::of(&READ_ONLY) })
    }

    pub fn rates(&self) -> Arc<RateLimiter> {
        self.0.rates.clone()
    }
}
