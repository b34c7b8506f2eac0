//! When each remote source is read next.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::settings::Reload;

/// The first and the longest pause after App Configuration failed (B16); a vault is asked at its usual time at the latest.
const BACK_OFF_MIN: Duration = Duration::from_secs(30);
const BACK_OFF_MAX: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    AppConfiguration,
    KeyVault,
}

impl Which {
    pub fn interval(self, reload: Reload) -> Duration {
        match self {
            Self::AppConfiguration => reload.app_configuration,
            Self::KeyVault => reload.interval,
        }
    }

    pub fn back_off_max(self, reload: Reload) -> Duration {
        match self {
            Self::AppConfiguration => BACK_OFF_MAX.max(reload.app_configuration),
            Self::KeyVault => reload.interval,
        }
    }
}

pub struct Turn {
    pub due: Instant,
    pub loading: bool,
    /// Failures since it last answered.
    pub failures: u32,
}

impl Turn {
    pub fn at(due: Instant) -> Self {
        Self { due, loading: false, failures: 0 }
    }

    /// Waits longer after each failure.
    pub fn failed(&mut self, longest: Duration) {
        let pause = BACK_OFF_MIN.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        self.due = Instant::now() + pause.min(longest);
    }
}
