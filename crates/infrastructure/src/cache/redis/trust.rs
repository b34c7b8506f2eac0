//! Trust: a number that readers compare to know whether this process hears of the changes of others.
//!
//! Values are kept under the epoch in which their load began. An even epoch means: told of every change. When the lease
//! ends, readers see the odd epoch after it, and with the next even one everything older is forgotten.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub(in super::super) struct Trust {
    origin: Instant,
    /// Even.
    epoch: AtomicU64,
    /// End of the lease in microseconds after `origin`; 0 for none.
    until: AtomicU64,
}

/// Whether values of this epoch may be kept as long as they live.
pub(in super::super) fn is_told(epoch: u64) -> bool {
    epoch & 1 == 0
}

impl Trust {
    pub fn new() -> Self {
        Self { origin: Instant::now(), epoch: AtomicU64::new(0), until: AtomicU64::new(0) }
    }

    /// Microseconds on the scale of the lease.
    pub fn micros(&self, moment: Instant) -> u64 {
        u64::try_from(moment.saturating_duration_since(self.origin).as_micros()).unwrap_or(u64::MAX)
    }

    fn now(&self) -> u64 {
        self.micros(Instant::now())
    }

    /// The epoch a reader is in.
    pub fn epoch(&self) -> u64 {
        // The lease first: whoever extends it has written the epoch before.
        let until = self.until.load(Ordering::Acquire);
        let epoch = self.epoch.load(Ordering::Acquire);
        if self.now() < until { epoch } else { epoch | 1 }
    }

    pub fn told(&self) -> bool {
        is_told(self.epoch())
    }

    /// A new epoch with a lease until then: whatever was missed has been made up for.
    pub fn regain(&self, until: Instant) {
        self.forget();
        self.until.store(self.micros(until), Ordering::Release);
    }

    /// Everything that was loaded so far is forgotten.
    pub fn forget(&self) {
        self.epoch.fetch_add(2, Ordering::AcqRel);
    }

    /// Extends the lease; false when it has ended, and trust must be regained.
    pub fn renew(&self, until: Instant) -> bool {
        let wanted = self.micros(until);
        let mut current = self.until.load(Ordering::Acquire);
        loop {
            if self.now() >= current {
                return false;
            }
            let next = wanted.max(current);
            match self.until.compare_exchange_weak(current, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(seen) => current = seen,
            }
        }
    }

    /// Ends the lease at once; true when there was one.
    pub fn lose(&self) -> bool {
        self.until.swap(0, Ordering::AcqRel) > self.now()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn nothing_from_before_a_gap_is_believed_after_it() {
        let trust = Trust::new();
        let soon = |millis| Instant::now() + Duration::from_millis(millis);
        let blind = trust.epoch();
        assert!(!is_told(blind));
        trust.regain(soon(60_000));
        let told = trust.epoch();
        assert!(is_told(told) && told != blind);
        assert!(trust.renew(soon(60_000)));
        assert_eq!(trust.epoch(), told);
        assert!(trust.lose());
        let gap = trust.epoch();
        assert!(!is_told(gap) && gap != blind && !trust.lose());
        assert!(!trust.renew(soon(60_000)), "a lease that has ended is not extended");
        assert_eq!(trust.epoch(), gap);
        trust.regain(soon(60_000));
        assert!(is_told(trust.epoch()) && trust.epoch() != told);
    }

    #[test]
    fn a_lease_ends_by_itself() {
        let trust = Trust::new();
        trust.regain(Instant::now() + Duration::from_millis(20));
        assert!(trust.told());
        std::thread::sleep(Duration::from_millis(25));
        assert!(!trust.told() && !trust.renew(Instant::now() + Duration::from_secs(9)));
    }
}
