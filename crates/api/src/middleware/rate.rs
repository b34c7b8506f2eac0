//! Rate limits per tenant and per user: the generic cell rate algorithm, one atomic number a caller, bounded in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use application::error::AppError;
use domain::error::Violation;
use http::{HeaderMap, HeaderName, HeaderValue};
use moka::sync::Cache;
use tokio::time::Instant;
use uuid::Uuid;

use super::limits::{RATE_LIMIT_CALLERS_MAX, RateLimit};
use crate::problem::{Problem, RATE_LIMITED};

const NANOS_PER_SECOND: u64 = 1_000_000_000;
const NANOS_PER_MINUTE: u64 = 60 * NANOS_PER_SECOND;
/// A caller not seen for so long is forgotten: by then the burst of a minute is there again.
const IDLE_SECONDS: u64 = 600;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// What is left to a caller after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the whole burst is there again, rounded up.
    pub reset_seconds: u64,
}

impl Standing {
    pub fn write(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset_seconds));
    }
}

/// Refused; worth trying again after `retry_after_seconds` (at least 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub standing: Standing,
    pub retry_after_seconds: u64,
}

impl Refused {
    pub fn problem(self) -> Problem {
        let seconds = self.retry_after_seconds;
        let error = AppError::new(Violation::new(&RATE_LIMITED).with("seconds", seconds));
        AppError { retry_after: Some(Duration::from_secs(seconds)), ..error }.into()
    }
}

/// One limit with what is known about each caller. The limit may change; what callers have used up stays.
struct Limiter {
    /// Requests per minute in the upper half, the burst in the lower; 0 is no limit.
    limit: AtomicU64,
    /// The moment, in nanoseconds since the start, at which a caller would have its whole burst again.
    callers: Cache<Uuid, Arc<AtomicU64>>,
}

impl Limiter {
    fn new(limit: RateLimit) -> Self {
        let callers = Cache::builder()
            .max_capacity(RATE_LIMIT_CALLERS_MAX)
            .time_to_idle(Duration::from_secs(IDLE_SECONDS))
            .build();
        let limiter = Self { limit: AtomicU64::new(0), callers };
        limiter.set(limit);
        limiter
    }

    fn set(&self, limit: RateLimit) {
        let burst = if limit.per_minute == 0 { 0 } else { limit.burst.max(1) };
        self.limit.store(u64::from(limit.per_minute) << 32 | u64::from(burst), Ordering::Relaxed);
    }

    /// `None` where there is no limit.
    fn pace(&self) -> Option<Pace> {
        let packed = self.limit.load(Ordering::Relaxed);
        let (per_minute, burst) = (packed >> 32, packed & u64::from(u32::MAX));
        let interval_nanos = NANOS_PER_MINUTE.checked_div(per_minute)?.max(1);
        Some(Pace { burst, interval_nanos })
    }

    fn take(&self, caller: Uuid, count: u32, now: u64) -> Result<Option<Standing>, Refused> {
        let Some(pace) = self.pace() else { return Ok(None) };
        let taken = pace.interval_nanos.saturating_mul(u64::from(count));
        let full_at = self.callers.get_with(caller, Arc::default);
        let tolerance = pace.interval_nanos * pace.burst;
        let mut known = full_at.load(Ordering::Relaxed);
        loop {
            let next = known.max(now).saturating_add(taken);
            if next > now + tolerance {
                let wait = next - now - tolerance;
                let standing = pace.standing(known, now);
                return Err(Refused {
                    standing,
                    retry_after_seconds: wait.div_ceil(NANOS_PER_SECOND).max(1),
                });
            }
            match full_at.compare_exchange_weak(known, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(Some(pace.standing(next, now))),
                Err(actual) => known = actual,
            }
        }
    }
}

/// A limit as it is at one moment.
#[derive(Clone, Copy)]
struct Pace {
    burst: u64,
    interval_nanos: u64,
}

impl Pace {
    fn standing(self, full_at: u64, now: u64) -> Standing {
        let owed = full_at.saturating_sub(now);
        let used = owed.div_ceil(self.interval_nanos);
        let remaining = self.burst.saturating_sub(used);
        Standing {
            limit: u32::try_from(self.burst).unwrap_or(u32::MAX),
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_seconds: owed.div_ceil(NANOS_PER_SECOND),
        }
    }
}

/// The limits of this process.
pub struct RateLimiter {
    started: Instant,
    tenant: Limiter,
    user: Limiter,
}

impl RateLimiter {
    pub fn new(tenant: RateLimit, user: RateLimit) -> Self {
        Self { started: Instant::now(), tenant: Limiter::new(tenant), user: Limiter::new(user) }
    }

    /// Other limits from now on.
    pub fn set(&self, tenant: RateLimit, user: RateLimit) {
        self.tenant.set(tenant);
        self.user.set(user);
    }

    /// Counts one request; answers the tighter standing, or `None` when there is no limit.
    pub fn take(&self, tenant: Uuid, user: Option<Uuid>) -> Result<Option<Standing>, Refused> {
        self.take_many(tenant, user, 1)
    }

    /// The most requests that may ever come at once, where there is a limit.
    pub fn burst(&self) -> Option<u64> {
        [self.user.pace(), self.tenant.pace()].into_iter().flatten().map(|pace| pace.burst).min()
    }

    /// Counts so many requests, all or none of them.
    pub fn take_many(
        &self,
        tenant: Uuid,
        user: Option<Uuid>,
        count: u32,
    ) -> Result<Option<Standing>, Refused> {
        let now = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX / 4);
        // The user first: one user at the limit does not use up the tenant's.
        let user = user.map(|user| self.user.take(user, count, now)).transpose()?.flatten();
        let tenant = self.tenant.take(tenant, count, now)?;
        Ok([user, tenant].into_iter().flatten().min_by_key(|standing| standing.remaining))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_refills_steadily() {
        let limiter = Limiter::new(RateLimit { per_minute: 120, burst: 3 });
        let (user, start) = (Uuid::from_u128(7), 5 * NANOS_PER_SECOND);
        for remaining in [2, 1, 0] {
            assert_eq!(limiter.take(user, 1, start).unwrap().unwrap().remaining, remaining);
        }
        let refused = limiter.take(user, 1, start).unwrap_err();
        assert_eq!((refused.retry_after_seconds, refused.standing.reset_seconds), (1, 2));
        assert_eq!(limiter.take(Uuid::from_u128(8), 1, start).unwrap().unwrap().remaining, 2);
        let later = start + NANOS_PER_SECOND / 2;
        assert!(limiter.take(user, 1, later).is_ok());
        assert!(limiter.take(user, 1, later).is_err());
        assert_eq!(limiter.take(user, 1, later + 60 * NANOS_PER_SECOND).unwrap().unwrap().remaining, 2);
    }

    #[test]
    fn many_count_as_many_and_none_of_them_when_they_are_too_many() {
        let limiter = RateLimiter::new(RateLimit { per_minute: 60, burst: 10 }, RateLimit::OFF);
        let tenant = Uuid::from_u128(7);
        assert_eq!(limiter.burst(), Some(10));
        assert_eq!(limiter.take_many(tenant, None, 7).unwrap().unwrap().remaining, 3);
        assert!(limiter.take_many(tenant, None, 4).is_err());
        assert_eq!(limiter.take_many(tenant, None, 3).unwrap().unwrap().remaining, 0);
    }

    #[test]
    fn no_limit_is_no_limit() {
        let limiter = RateLimiter::new(RateLimit::OFF, RateLimit::OFF);
        assert_eq!(limiter.take(Uuid::nil(), None), Ok(None));
    }

    #[test]
    fn a_changed_limit_counts_at_once() {
        let limiter = RateLimiter::new(RateLimit { per_minute: 60, burst: 1 }, RateLimit::OFF);
        let tenant = Uuid::from_u128(7);
        assert_eq!(limiter.take(tenant, None).unwrap().unwrap().limit, 1);
        assert!(limiter.take(tenant, None).is_err());
        limiter.set(RateLimit { per_minute: 60, burst: 3 }, RateLimit::OFF);
        assert_eq!(limiter.take(tenant, None).unwrap().unwrap().remaining, 1);
        limiter.set(RateLimit::OFF, RateLimit::OFF);
        assert_eq!(limiter.take(tenant, None), Ok(None));
    }
}
