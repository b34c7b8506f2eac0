//! Failed attempts of people nobody knows, remembered for a while in this process: an unknown address is answered like an
//! account that locks, and whoever guesses tokens is slowed down.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::time::Timestamp;
use sha2::{Digest, Sha256};

/// Addresses and sources remembered; while more fail at once, the further ones are not.
pub const ATTEMPTS_REMEMBERED_MAX: usize = 10_000;

/// Counts failures by a key, of which only the hash is kept.
#[derive(Default)]
pub struct Attempts {
    failed: Mutex<HashMap<[u8; 32], Failed>>,
}

#[derive(Clone, Copy)]
struct Failed {
    count: u32,
    /// The moment at which the count is forgotten, or, with enough failures, the lock ends.
    until: Timestamp,
}

impl Attempts {
    /// Whether so many failures were counted that no attempt is taken for now; answers until when.
    pub fn locked_until(&self, key: &str, failures_max: u32, now: Timestamp) -> Option<Timestamp> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let found = failed.get(&hash(key)).filter(|failed| failed.until > now)?;
        (found.count >= failures_max).then_some(found.until)
    }

    /// Counts a failure, which is forgotten `seconds` after the last one. A lock is not prolonged.
    pub fn count(&self, key: &str, failures_max: u32, seconds: i64, now: Timestamp) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= ATTEMPTS_REMEMBERED_MAX {
            failed.retain(|_, failed| failed.until > now);
        }
        let known = failed.len() < ATTEMPTS_REMEMBERED_MAX || failed.contains_key(&hash(key));
        if !known {
            return;
        }
        let entry = failed.entry(hash(key)).or_insert(Failed { count: 0, until: now });
        if entry.until <= now {
            entry.count = 0;
        }
        if entry.count < failures_max {
            entry.count += 1;
            entry.until = now.plus_seconds(seconds);
        }
    }

    /// After a success.
    pub fn forget(&self, key: &str) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash(key));
    }
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn enough_failures_lock_for_a_while_and_no_longer() {
        let attempts = Attempts::default();
        for second in 0..5 {
            assert_eq!(attempts.locked_until("a", 5, at(second)), None);
            attempts.count("a", 5, 60, at(second));
        }
        assert_eq!(attempts.locked_until("a", 5, at(5)), Some(at(64)));
        assert_eq!(attempts.locked_until("b", 5, at(5)), None);
        attempts.count("a", 5, 60, at(50));
        assert_eq!(attempts.locked_until("a", 5, at(64)), None);
        attempts.count("a", 5, 60, at(65));
        assert_eq!(attempts.locked_until("a", 5, at(66)), None, "the count began anew");
        attempts.forget("a");
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..=ATTEMPTS_REMEMBERED_MAX {
            attempts.count(&n.to_string(), 1, 60, at(0));
        }
        assert_eq!(attempts.locked_until(&ATTEMPTS_REMEMBERED_MAX.to_string(), 1, at(1)), None);
        attempts.count("later", 1, 60, at(100));
        assert!(attempts.locked_until("later", 1, at(101)).is_some());
    }
}
