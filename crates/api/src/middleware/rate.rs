//! Rate limits per tenant and per user: the generic cell rate algorithm, one atomic number a caller, bounded in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use moka::sync::Cache;
use tokio::time::Instant;
use uuid::Uuid;

use super::limits::{HttpLimits, RATE_LIMIT_CALLERS_MAX, RateLimit};

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

/// One limit with what is known about each caller.
struct Limiter {
    limit: RateLimit,
    interval_nanos: u64,
    /// The moment, in nanoseconds since the start, at which a caller would have its whole burst again.
    callers: Cache<Uuid, Arc<AtomicU64>>,
}

impl Limiter {
    fn new(limit: RateLimit) -> Option<Self> {
        if limit.per_minute == 0 {
            return None;
        }
        let callers = Cache::builder()
            .max_capacity(RATE_LIMIT_CALLERS_MAX)
            .time_to_idle(Duration::from_secs(IDLE_SECONDS))
            .build();
        let limit = RateLimit { burst: limit.burst.max(1), ..limit };
        Some(Self { limit, interval_nanos: (NANOS_PER_MINUTE / u64::from(limit.per_minute)).max(1), callers })
    }

    fn take(&self, caller: Uuid, now: u64) -> Result<Standing, Refused> {
        let full_at = self.callers.get_with(caller, Arc::default);
        let tolerance = self.interval_nanos * u64::from(self.limit.burst);
        let mut known = full_at.load(Ordering::Relaxed);
        loop {
            let next = known.max(now) + self.interval_nanos;
            if next > now + tolerance {
                let wait = next - now - tolerance;
                let standing = self.standing(known, now);
                return Err(Refused {
                    standing,
                    retry_after_seconds: wait.div_ceil(NANOS_PER_SECOND).max(1),
                });
            }
            match full_at.compare_exchange_weak(known, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(self.standing(next, now)),
                Err(actual) => known = actual,
            }
        }
    }

    fn standing(&self, full_at: u64, now: u64) -> Standing {
        let owed = full_at.saturating_sub(now);
        let used = owed.div_ceil(self.interval_nanos);
        let remaining = u64::from(self.limit.burst).saturating_sub(used);
        Standing {
            limit: self.limit.burst,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_seconds: owed.div_ceil(NANOS_PER_SECOND),
        }
    }
}

/// The limits of this process.
pub struct RateLimiter {
    started: Instant,
    tenant: Option<Limiter>,
    user: Option<Limiter>,
}

impl RateLimiter {
    pub fn new(limits: &HttpLimits) -> Self {
        Self {
            started: Instant::now(),
            tenant: Limiter::new(limits.tenant_rate),
            user: Limiter::new(limits.user_rate),
        }
    }

    /// Counts one request; answers the tighter standing, or `None` when there is no limit.
    pub fn take(&self, tenant: Uuid, user: Option<Uuid>) -> Result<Option<Standing>, Refused> {
        if self.tenant.is_none() && self.user.is_none() {
            return Ok(None);
        }
        let now = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX / 4);
        // The user first: one user at the limit does not use up the tenant's.
        let user = match (&self.user, user) {
            (Some(limiter), Some(user)) => Some(limiter.take(user, now)?),
            _ => None,
        };
        let tenant = self.tenant.as_ref().map(|limiter| limiter.take(tenant, now)).transpose()?;
        Ok([user, tenant].into_iter().flatten().min_by_key(|standing| standing.remaining))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_refills_steadily() {
        let limiter = Limiter::new(RateLimit { per_minute: 120, burst: 3 }).unwrap();
        let (user, start) = (Uuid::from_u128(7), 5 * NANOS_PER_SECOND);
        for remaining in [2, 1, 0] {
            assert_eq!(limiter.take(user, start).unwrap().remaining, remaining);
        }
        let refused = limiter.take(user, start).unwrap_err();
        assert_eq!((refused.retry_after_seconds, refused.standing.reset_seconds), (1, 2));
        assert_eq!(limiter.take(Uuid::from_u128(8), start).unwrap().remaining, 2);
        let later = start + NANOS_PER_SECOND / 2;
        assert!(limiter.take(user, later).is_ok());
        assert!(limiter.take(user, later).is_err());
        assert_eq!(limiter.take(user, later + 60 * NANOS_PER_SECOND).unwrap().remaining, 2);
    }

    #[test]
    fn no_limit_is_no_limit() {
        let limiter = RateLimiter::new(&HttpLimits::default());
        assert_eq!(limiter.take(Uuid::nil(), None), Ok(None));
    }
}
