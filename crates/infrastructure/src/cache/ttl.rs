//! How long values live: two classes, changeable while the server runs, each value a little different (F2, F9).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use application::ports::cache::CachePolicy;

/// Lives are spread by this part of them both ways, so that what was loaded together does not end together.
const JITTER: f64 = 0.1;

/// How long each class of value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ttl {
    pub reference: Duration,
    pub transactional: Duration,
}

impl Default for Ttl {
    fn default() -> Self {
        Self { reference: Duration::from_secs(300), transactional: Duration::from_secs(60) }
    }
}

/// The lives in force, shared by all who store.
#[derive(Debug)]
pub(super) struct Lives {
    reference_ms: AtomicU64,
    transactional_ms: AtomicU64,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Lives {
    pub fn new(ttl: Ttl) -> Self {
        let (reference_ms, transactional_ms) = (millis(ttl.reference), millis(ttl.transactional));
        Self { reference_ms: reference_ms.into(), transactional_ms: transactional_ms.into() }
    }

    pub fn set(&self, ttl: Ttl) {
        self.reference_ms.store(millis(ttl.reference), Ordering::Relaxed);
        self.transactional_ms.store(millis(ttl.transactional), Ordering::Relaxed);
    }

    /// The life of one more value.
    pub fn of(&self, policy: CachePolicy) -> Duration {
        let cell = match policy {
            CachePolicy::Reference => &self.reference_ms,
            CachePolicy::Transactional => &self.transactional_ms,
        };
        let spread: f64 = 1.0 - JITTER + 2.0 * JITTER * rand::random::<f64>();
        Duration::from_millis(cell.load(Ordering::Relaxed)).mul_f64(spread)
    }

    /// The longest any value may live.
    pub fn longest(&self) -> Duration {
        let longest =
            self.reference_ms.load(Ordering::Relaxed).max(self.transactional_ms.load(Ordering::Relaxed));
        Duration::from_millis(longest).mul_f64(1.0 + JITTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: F2, X52.
    #[test]
    fn lives_are_spread_by_a_tenth_both_ways() {
        let lives = Lives::new(Ttl::default());
        let sample: Vec<f64> = (0..2_000).map(|_| lives.of(CachePolicy::Reference).as_secs_f64()).collect();
        assert!(sample.iter().all(|life| (270.0..=330.0).contains(life)));
        assert!(sample.iter().any(|life| *life < 276.0) && sample.iter().any(|life| *life > 324.0));
        let mean = sample.iter().sum::<f64>() / sample.len() as f64;
        assert!((297.0..303.0).contains(&mean), "{mean}");
        assert!(lives.of(CachePolicy::Transactional) <= Duration::from_secs(66));
        lives.set(Ttl { reference: Duration::from_secs(10), transactional: Duration::from_secs(1) });
        assert!(lives.of(CachePolicy::Reference) <= lives.longest());
        assert_eq!(lives.longest(), Duration::from_secs(11));
    }
}
