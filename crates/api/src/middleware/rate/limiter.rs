//! One limit: the generic cell rate algorithm, one atomic number a caller.

use std::sync::atomic::{AtomicU64, Ordering};

use super::RateLimit;
use super::callers::Callers;
use super::sharing::Unsaid;
use super::standing::{Refused, Standing};

pub const NANOS_PER_SECOND: u64 = 1_000_000_000;
const NANOS_PER_MINUTE: u64 = 60 * NANOS_PER_SECOND;
/// One part in so many of a quota may be spent before the other processes are told at once.
const LEASE_PART: u64 = 20;

/// A limit with the state of each caller. The limit may change; what callers have used up stays.
pub struct Limiter {
    pub name: &'static str,
    /// Requests per minute in the upper half, the burst in the lower; 0 is no limit.
    limit: AtomicU64,
    callers: Callers,
    /// Whose requests the other processes are to be told of.
    pub unsaid: Unsaid,
}

impl Limiter {
    pub fn new(name: &'static str, limit: RateLimit) -> Self {
        let limiter =
            Self { name, limit: AtomicU64::new(0), callers: Callers::default(), unsaid: Unsaid::default() };
        limiter.set(limit);
        limiter
    }

    pub fn set(&self, limit: RateLimit) {
        let burst = if limit.per_minute == 0 { 0 } else { limit.burst.max(1) };
        self.limit.store(u64::from(limit.per_minute) << 32 | u64::from(burst), Ordering::Relaxed);
    }

    /// `None` where there is no limit.
    pub fn pace(&self) -> Option<Pace> {
        let packed = self.limit.load(Ordering::Relaxed);
        let (per_minute, burst) = (packed >> 32, packed & u64::from(u32::MAX));
        let interval_nanos = NANOS_PER_MINUTE.checked_div(per_minute)?.max(1);
        Some(Pace { burst, interval_nanos })
    }

    pub fn take(&self, key: u128, count: u32, now: u64) -> Result<Option<Standing>, Refused> {
        let Some(pace) = self.pace() else { return Ok(None) };
        let taken = pace.interval_nanos.saturating_mul(u64::from(count));
        let caller = self.callers.of(key, now);
        let mut known = caller.full_at.load(Ordering::Relaxed);
        loop {
            let next = known.max(now).saturating_add(taken);
            if next > now + pace.tolerance() {
                let wait = next - now - pace.tolerance();
                return Err(Refused {
                    standing: pace.standing(self.name, known, now),
                    retry_after_seconds: wait.div_ceil(NANOS_PER_SECOND).max(1),
                });
            }
            let changed =
                caller.full_at.compare_exchange_weak(known, next, Ordering::Relaxed, Ordering::Relaxed);
            match changed {
                Ok(_) => {
                    self.unsaid.note(key, &caller, count, pace.lease());
                    return Ok(Some(pace.standing(self.name, next, now)));
                }
                Err(actual) => known = actual,
            }
        }
    }
}

/// A limit as it is at one moment.
#[derive(Clone, Copy)]
pub struct Pace {
    pub burst: u64,
    pub interval_nanos: u64,
}

impl Pace {
    /// How far ahead of now a caller's number may be.
    pub fn tolerance(self) -> u64 {
        self.interval_nanos.saturating_mul(self.burst)
    }

    fn lease(self) -> u32 {
        u32::try_from(self.burst / LEASE_PART).unwrap_or(u32::MAX).max(1)
    }

    fn standing(self, policy: &'static str, full_at: u64, now: u64) -> Standing {
        let owed = full_at.saturating_sub(now);
        Standing {
            policy,
            quota: self.burst,
            window_seconds: self.tolerance().div_ceil(NANOS_PER_SECOND),
            remaining: self.burst.saturating_sub(owed.div_ceil(self.interval_nanos)),
            reset_seconds: owed.div_ceil(NANOS_PER_SECOND),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_refills_steadily() {
        let limiter = Limiter::new("user", RateLimit { per_minute: 120, burst: 3 });
        let start = 5 * NANOS_PER_SECOND;
        for remaining in [2, 1, 0] {
            assert_eq!(limiter.take(7, 1, start).unwrap().unwrap().remaining, remaining);
        }
        let refused = limiter.take(7, 1, start).unwrap_err();
        assert_eq!((refused.retry_after_seconds, refused.standing.reset_seconds), (1, 2));
        assert_eq!(limiter.take(8, 1, start).unwrap().unwrap().remaining, 2);
        let later = start + NANOS_PER_SECOND / 2;
        assert!(limiter.take(7, 1, later).is_ok());
        assert!(limiter.take(7, 1, later).is_err());
        assert_eq!(limiter.take(7, 1, later + 60 * NANOS_PER_SECOND).unwrap().unwrap().remaining, 2);
    }

    #[test]
    fn a_window_is_the_time_in_which_the_quota_comes_back() {
        let standing = |per_minute, burst| {
            let limiter = Limiter::new("user", RateLimit { per_minute, burst });
            let standing = limiter.take(7, 1, 0).unwrap().unwrap();
            (standing.quota, standing.window_seconds)
        };
        assert_eq!((standing(6_000, 6_000), standing(60, 10)), ((6_000, 60), (10, 10)));
    }
}
