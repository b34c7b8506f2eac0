//! Lines that may come by the thousand: one now and then, with a count of those left out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Never yet, as nanoseconds.
const NEVER: u64 = u64::MAX;

/// Lets one line through in each interval.
pub struct Sparse {
    interval: Duration,
    began: Instant,
    /// When the last line was let through, in nanoseconds since the beginning.
    last: AtomicU64,
    left_out: AtomicU64,
}

impl Sparse {
    pub fn every(interval: Duration) -> Self {
        Self { interval, began: Instant::now(), last: AtomicU64::new(NEVER), left_out: AtomicU64::new(0) }
    }

    /// Whether to write a line now; with how many were left out since the last one.
    pub fn now(&self) -> Option<u64> {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(NEVER - 1);
        let last = self.last.load(Ordering::Relaxed);
        let due = last == NEVER || now.saturating_sub(last) >= self.interval.as_nanos() as u64;
        if due && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        self.left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_line_an_interval_counts_those_it_stands_for() {
        let sparse = Sparse::every(Duration::from_secs(10));
        assert_eq!([sparse.now(), sparse.now(), sparse.now()], [Some(0), None, None]);
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(sparse.now(), None);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!([sparse.now(), sparse.now()], [Some(3), None]);
    }
}
