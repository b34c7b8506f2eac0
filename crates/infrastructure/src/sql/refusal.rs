//! Refusals of writes by the storage, as the writer met them: free space alone does not tell, as there are quotas, too.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a refusal counts when nothing was written since.
const REMEMBERED: Duration = Duration::from_secs(60);

/// The time at which the storage last refused a write, unless one succeeded since.
#[derive(Debug, Default)]
pub struct LastRefusal(Mutex<Option<Instant>>);

impl LastRefusal {
    pub fn refused(&self) {
        self.set(Some(Instant::now()));
    }

    pub fn succeeded(&self) {
        self.set(None);
    }

    pub fn is_recent(&self) -> bool {
        let at = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < REMEMBERED)
    }

    fn set(&self, at: Option<Instant>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }
}
