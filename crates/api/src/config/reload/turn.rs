//! The time at which each remote source is read next.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::seen::Source;
use crate::config::settings::Reload;

/// The first and the longest pause after a source failed that does not say itself how long it wants to be left alone, as
/// App Configuration does (B16); a vault is asked at its usual time at the latest.
const BACK_OFF_MIN: Duration = Duration::from_secs(30);
const BACK_OFF_MAX: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    AppConfiguration,
    KeyVault,
}

/// From which part of the interval to which the next reading begins, counted from where the last one began: the replicas of
/// a deployment do not all ask at once. App Configuration is never asked later than its interval says (drill 10); a vault
/// is to be read within a tenth more (drill 9), and half of that is left to the reading itself.
const APP_CONFIGURATION_SPREAD: (f64, f64) = (0.8, 1.0);
const KEY_VAULT_SPREAD: (f64, f64) = (0.9, 1.05);
/// The range of factors by which a pause after a failure is shortened.
const BACK_OFF_SPREAD: (f64, f64) = (0.8, 1.0);
/// From the end of one reading to the next, at least.
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// A duration at `part` (0 to 1) of the way from one share of it to the other.
fn spread(duration: Duration, (from, to): (f64, f64), part: f64) -> Duration {
    duration.mul_f64(from + (to - from) * part)
}

/// How long the machine's own sources may be taken for unchanged.
pub fn files_interval(reload: Reload, part: f64) -> Duration {
    spread(reload.interval, KEY_VAULT_SPREAD, part)
}

impl From<Which> for Source {
    fn from(which: Which) -> Self {
        match which {
            Which::AppConfiguration => Self::AppConfiguration,
            Which::KeyVault => Self::KeyVault,
        }
    }
}

impl Which {
    /// The time between two readings; `part` (0 to 1) is drawn by lot.
    pub fn interval(self, reload: Reload, part: f64) -> Duration {
        match self {
            Self::AppConfiguration => spread(reload.app_configuration, APP_CONFIGURATION_SPREAD, part),
            Self::KeyVault => spread(reload.interval, KEY_VAULT_SPREAD, part),
        }
    }

    fn back_off_max(self, reload: Reload) -> Duration {
        match self {
            Self::AppConfiguration => BACK_OFF_MAX,
            Self::KeyVault => reload.interval,
        }
    }

    /// The pause after this many failures, for a source that keeps none itself.
    pub fn back_off(self, failures: u32, reload: Reload, part: f64) -> Duration {
        let pause = BACK_OFF_MIN.saturating_mul(2_u32.saturating_pow(failures));
        spread(pause.min(self.back_off_max(reload)), BACK_OFF_SPREAD, part)
    }
}

pub struct Turn {
    pub due: Instant,
    /// The time at which the last reading began.
    begun: Instant,
    pub loading: bool,
    /// Failures since it last answered.
    pub failures: u32,
}

impl Turn {
    pub fn at(due: Instant) -> Self {
        Self { due, begun: due, loading: false, failures: 0 }
    }

    pub fn begin(&mut self, now: Instant) {
        self.begun = now;
        self.loading = true;
    }

    /// The next reading begins an interval after the last one began, however long that took.
    pub fn answered(&mut self, interval: Duration) {
        self.loading = false;
        self.failures = 0;
        self.due = (self.begun + interval).max(Instant::now() + PAUSE_MIN);
    }

    pub fn failed(&mut self, pause: Duration) {
        self.loading = false;
        self.failures = self.failures.saturating_add(1);
        self.due = Instant::now() + pause;
    }
}

/// Waits until then; for ever if there is nothing to wait for.
pub async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
