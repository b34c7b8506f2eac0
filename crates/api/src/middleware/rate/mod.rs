//! Rate limits: per address, per tenant, per user, and of signing in per address and per account. A limit costs a request one
//! look into memory; what other processes have counted comes in beside it ([`share`]).

mod callers;
mod limiter;
mod sharing;
mod standing;

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;
use tracing::info;
use uuid::Uuid;

use crate::telemetry::{AUDIT, Sparse};
use limiter::Limiter;

pub use sharing::share;
pub use standing::{RATE_LIMIT, RATE_LIMIT_POLICY, Refused, Standing};

/// Callers that each rate limit remembers; those who owe nothing are forgotten first.
pub const RATE_LIMIT_CALLERS_MAX: usize = 65_536;

/// A steady rate with a burst on top. Off when `per_minute` is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub per_minute: u32,
    /// Requests that may come at once after a pause; at least 1.
    pub burst: u32,
}

impl RateLimit {
    pub const OFF: Self = Self { per_minute: 0, burst: 0 };

    /// So many a minute, all of which may come at once after a quiet minute.
    pub const fn per_minute(requests: u32) -> Self {
        Self { per_minute: requests, burst: requests }
    }
}

/// The limits together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub address: RateLimit,
    pub tenant: RateLimit,
    pub user: RateLimit,
    /// For the operations that take a password or another credential and give a token for it.
    pub sign_in_address: RateLimit,
    pub sign_in_account: RateLimit,
}

impl Rates {
    pub const OFF: Self = Self {
        address: RateLimit::OFF,
        tenant: RateLimit::OFF,
        user: RateLimit::OFF,
        sign_in_address: RateLimit::OFF,
        sign_in_account: RateLimit::OFF,
    };
}

/// The limits of this process.
pub struct RateLimiter {
    started: Instant,
    address: Limiter,
    tenant: Limiter,
    user: Limiter,
    sign_in_address: Limiter,
    sign_in_account: Limiter,
}

/// A caller who floods the server does not flood the log.
static REFUSED: LazyLock<Sparse> = LazyLock::new(|| Sparse::every(Duration::from_secs(10)));

type Taken = Result<Option<Standing>, Refused>;

impl RateLimiter {
    pub fn new(rates: Rates) -> Self {
        Self {
            started: Instant::now(),
            address: Limiter::new("address", rates.address),
            tenant: Limiter::new("tenant", rates.tenant),
            user: Limiter::new("user", rates.user),
            sign_in_address: Limiter::new("sign-in-address", rates.sign_in_address),
            sign_in_account: Limiter::new("sign-in-account", rates.sign_in_account),
        }
    }

    fn limiters(&self) -> [&Limiter; 5] {
        [&self.address, &self.tenant, &self.user, &self.sign_in_address, &self.sign_in_account]
    }

    /// Other limits from now on.
    pub fn set(&self, rates: Rates) {
        self.address.set(rates.address);
        self.tenant.set(rates.tenant);
        self.user.set(rates.user);
        self.sign_in_address.set(rates.sign_in_address);
        self.sign_in_account.set(rates.sign_in_account);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX / 4)
    }

    /// Counts one request of an address, whoever it is from, and whether it is an attempt to sign in.
    pub fn admit(&self, address: IpAddr, signs_in: bool) -> Taken {
        let (key, now) = (network(address), self.now());
        let counted = self.address.take(key, 1, now).and_then(|all| {
            let signing_in = if signs_in { self.sign_in_address.take(key, 1, now)? } else { None };
            Ok(signing_in.or(all))
        });
        counted.inspect_err(|refused| {
            if let Some(left_out) = REFUSED.now() {
                let limit = refused.standing.policy;
                info!(
                    target: AUDIT, source = %address, limit, left_out,
                    "Too many requests from {{source}}: refused by the limit {{limit}}; {{left_out}} more since the last such line"
                );
            }
        })
    }

    /// Counts one attempt to sign in to an account, by what was typed: whether there is one makes no difference.
    pub fn sign_in_to(&self, account: &str) -> Taken {
        let digest = Sha256::digest(account.trim().to_lowercase().as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        self.sign_in_account.take(u128::from_be_bytes(key), 1, self.now())
    }

    /// Counts one request; answers the tighter standing, or `None` when there is no limit.
    pub fn take(&self, tenant: Uuid, user: Option<Uuid>) -> Taken {
        self.take_many(tenant, user, 1)
    }

    /// The most requests that may ever come at once, where there is a limit.
    pub fn burst(&self) -> Option<u64> {
        [self.user.pace(), self.tenant.pace()].into_iter().flatten().map(|pace| pace.burst).min()
    }

    /// Counts so many requests, all or none of them.
    pub fn take_many(&self, tenant: Uuid, user: Option<Uuid>, count: u32) -> Taken {
        let now = self.now();
        // The user first: one user at the limit does not use up the tenant's.
        let user = user.map(|user| self.user.take(user.as_u128(), count, now)).transpose()?.flatten();
        let tenant = self.tenant.take(tenant.as_u128(), count, now)?;
        Ok([user, tenant].into_iter().flatten().min_by_key(|standing| standing.remaining))
    }
}

/// Bits of an IPv6 address that say who it is; the rest the subscriber chooses.
const SUBSCRIBER_BITS: u32 = 64;

/// The part of an address that belongs to one subscriber.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> SUBSCRIBER_BITS << SUBSCRIBER_BITS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(rates: Rates) -> RateLimiter {
        RateLimiter::new(rates)
    }

    #[test]
    fn many_count_as_many_and_none_of_them_when_they_are_too_many() {
        let limiter = limiter(Rates { tenant: RateLimit { per_minute: 60, burst: 10 }, ..Rates::OFF });
        let tenant = Uuid::from_u128(7);
        assert_eq!(limiter.burst(), Some(10));
        assert_eq!(limiter.take_many(tenant, None, 7).unwrap().unwrap().remaining, 3);
        assert!(limiter.take_many(tenant, None, 4).is_err());
        assert_eq!(limiter.take_many(tenant, None, 3).unwrap().unwrap().remaining, 0);
    }

    #[test]
    fn no_limit_is_no_limit() {
        let limiter = limiter(Rates::OFF);
        assert_eq!(limiter.take(Uuid::nil(), None), Ok(None));
        assert_eq!(limiter.admit(IpAddr::from([10, 0, 0, 1]), true), Ok(None));
    }

    #[test]
    fn a_changed_limit_counts_at_once() {
        let tenant_rate = |burst| Rates { tenant: RateLimit { per_minute: 60, burst }, ..Rates::OFF };
        let limiter = limiter(tenant_rate(1));
        let tenant = Uuid::from_u128(7);
        assert_eq!(limiter.take(tenant, None).unwrap().unwrap().quota, 1);
        assert!(limiter.take(tenant, None).is_err());
        limiter.set(tenant_rate(3));
        assert_eq!(limiter.take(tenant, None).unwrap().unwrap().remaining, 1);
        limiter.set(Rates::OFF);
        assert_eq!(limiter.take(tenant, None), Ok(None));
    }

    #[test]
    fn an_account_is_what_was_typed_and_an_address_what_a_subscriber_has() {
        let once = RateLimit { per_minute: 1, burst: 1 };
        let limiter = limiter(Rates { sign_in_address: once, sign_in_account: once, ..Rates::OFF });
        assert!(limiter.sign_in_to("Alice@home.example").is_ok());
        assert!(limiter.sign_in_to(" alice@HOME.example").is_err());
        assert!(limiter.sign_in_to("bob@home.example").is_ok());
        let from = |text: &str| limiter.admit(text.parse().unwrap(), true).is_ok();
        assert!(from("2001:db8::1") && !from("2001:db8::2") && from("2001:db8:0:1::1"));
        assert!(from("192.0.2.1") && from("192.0.2.2") && !from("::ffff:192.0.2.2"));
    }
}
