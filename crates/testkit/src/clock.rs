//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};

use application::ports::clock::Clock;
use domain::time::Timestamp;

#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Stands at this moment of RFC 3339.
    pub fn at(moment: &str) -> Self {
        Self(AtomicI64::new(Timestamp::parse(moment).unwrap().micros()))
    }
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
    pub fn set(&self, moment: &str) {
        self.0.store(Timestamp::parse(moment).unwrap().micros(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    /// Moves on by a microsecond a call, as clocks do.
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
    }
}
