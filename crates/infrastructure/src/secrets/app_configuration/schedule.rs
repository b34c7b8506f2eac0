//! When the store is asked: every so often while it answers, less and less often while it does not.

use std::time::Duration;

use domain::time::Timestamp;
use rand::RngExt;

use super::client::Failure;

/// After the first failure, and at most.
pub const BACK_OFF_MIN: Duration = Duration::from_secs(30);
pub const BACK_OFF_MAX: Duration = Duration::from_secs(600);
/// Replicas that failed together do not come back together: up to this part less, or more where the store named a time.
const JITTER: f64 = 0.2;

#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    Now,
    NotYet,
    BackingOff { seconds: i64, reason: String },
}

pub struct Schedule {
    interval: Duration,
    asked: Option<Timestamp>,
    wait: Duration,
    failures: u32,
    reason: String,
}

impl Schedule {
    pub fn new(interval: Duration) -> Self {
        Self { interval, asked: None, wait: Duration::ZERO, failures: 0, reason: String::new() }
    }

    pub fn turn(&self, now: Timestamp) -> Turn {
        match (self.left(now), self.failures) {
            (None, _) => Turn::Now,
            (Some(_), 0) => Turn::NotYet,
            (Some(left), _) => {
                Turn::BackingOff { seconds: left.as_secs().cast_signed() + 1, reason: self.reason.clone() }
            }
        }
    }

    /// The rest of the pause after a failure.
    pub fn back_off(&self, now: Timestamp) -> Option<Duration> {
        self.left(now).filter(|_| self.failures > 0)
    }

    fn left(&self, now: Timestamp) -> Option<Duration> {
        let passed = now.micros().saturating_sub(self.asked?.micros());
        // A clock that was set back must not stop the polls.
        let passed = Duration::from_micros(u64::try_from(passed).ok()?);
        self.wait.checked_sub(passed).filter(|left| !left.is_zero())
    }

    pub fn succeeded(&mut self, now: Timestamp) {
        self.asked = Some(now);
        self.wait = self.interval;
        self.failures = 0;
        self.reason.clear();
    }

    pub fn failed(&mut self, now: Timestamp, failure: &Failure) {
        self.asked = Some(now);
        self.failures = self.failures.saturating_add(1);
        self.reason = failure.error.to_string();
        let doubled = BACK_OFF_MIN.saturating_mul(2_u32.saturating_pow(self.failures.saturating_sub(1)));
        let jitter = rand::rng().random_range(0.0..JITTER);
        let jittered = doubled.min(BACK_OFF_MAX).mul_f64(1.0 - jitter);
        let asked_for = failure.retry_after.unwrap_or(Duration::ZERO).min(BACK_OFF_MAX);
        self.wait = jittered.max(asked_for.mul_f64(1.0 + jitter));
    }
}

#[cfg(test)]
mod tests {
    use application::ports::configuration::ConfigurationSourceError;

    use super::*;

    fn failure(retry_after: Option<u64>) -> Failure {
        let error = ConfigurationSourceError::Unavailable("down".to_owned());
        Failure { error, retry_after: retry_after.map(Duration::from_secs) }
    }

    fn waits(schedule: &Schedule, from: Timestamp) -> i64 {
        match schedule.turn(from) {
            Turn::BackingOff { seconds, reason } => {
                assert!(reason.contains("down"));
                seconds
            }
            other => panic!("{other:?}"),
        }
    }

    /// Proves: B16.
    #[test]
    fn waits_grow_to_ten_minutes_and_a_success_ends_them() {
        let now = Timestamp::from_micros(0);
        let mut schedule = Schedule::new(Duration::from_secs(30));
        assert_eq!(schedule.turn(now), Turn::Now);
        schedule.succeeded(now);
        assert_eq!(schedule.turn(now.plus_seconds(29)), Turn::NotYet);
        assert_eq!(schedule.turn(now.plus_seconds(30)), Turn::Now);
        assert_eq!(schedule.turn(now.plus_seconds(-1)), Turn::Now);
        for expected in [30, 60, 120, 240, 480, 600, 600, 600] {
            schedule.failed(now, &failure(None));
            let wait = waits(&schedule, now);
            assert!((expected * 8 / 10..=expected).contains(&wait), "{wait} of {expected}");
            let left = schedule.back_off(now.plus_seconds(wait - 1));
            assert!(left.is_some_and(|left| left <= Duration::from_secs(1)), "{left:?}");
            assert_eq!(schedule.back_off(now.plus_seconds(wait)), None);
        }
        schedule.succeeded(now);
        assert_eq!(schedule.back_off(now), None, "a poll that is not due is no failure");
    }

    #[test]
    fn a_time_the_store_names_is_kept_and_not_by_all_at_once() {
        let now = Timestamp::from_micros(0);
        for (named, least) in [(90, 90), (86_400, 600)] {
            let waits: std::collections::BTreeSet<Option<Duration>> = (0..20)
                .map(|_| {
                    let mut schedule = Schedule::new(Duration::from_secs(30));
                    schedule.failed(now, &failure(Some(named)));
                    schedule.back_off(now)
                })
                .collect();
            let kept = Duration::from_secs(least)..=Duration::from_secs(least * 12 / 10);
            assert!(waits.iter().all(|wait| wait.is_some_and(|wait| kept.contains(&wait))), "{waits:?}");
            assert!(waits.len() > 10, "{waits:?}");
        }
    }
}
