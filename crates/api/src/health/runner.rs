//! Runs checks side by side, each within its time.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::check::{CheckResult, HealthStatus, Registration};
use super::report::{Entry, Report};

/// The text of a check that took too long (I8).
const TIMED_OUT: &str = "A timeout occurred while running check.";
/// Tag of the checks that readiness depends on.
pub const CRITICAL: &str = "critical";
/// How long a report of all checks is handed out again, so that a flood of callers does not become a flood of checks (E9).
pub const REUSE: Duration = Duration::from_secs(2);

/// Two checks have this name.
#[derive(Debug, PartialEq, Eq)]
pub struct DuplicateName(pub &'static str);

impl fmt::Display for DuplicateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "two health checks are named '{}'", self.0)
    }
}

impl std::error::Error for DuplicateName {}

/// The clock for durations: time since any beginning, never less than before. Tests have one of their own.
pub type Stopwatch = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The checks of this server.
#[derive(Clone)]
pub struct HealthChecks {
    checks: Arc<[Registration]>,
    stopwatch: Stopwatch,
    last: Arc<Mutex<Option<(Instant, Report)>>>,
}

impl HealthChecks {
    pub fn new(checks: Vec<Registration>) -> Result<Self, DuplicateName> {
        let began = std::time::Instant::now();
        Self::measured(checks, Arc::new(move || began.elapsed()))
    }

    /// A list of checks with none in it.
    pub fn none() -> Self {
        let began = std::time::Instant::now();
        Self { checks: Arc::new([]), stopwatch: Arc::new(move || began.elapsed()), last: Arc::default() }
    }

    /// Checks whose time is taken with another stopwatch.
    pub fn measured(checks: Vec<Registration>, stopwatch: Stopwatch) -> Result<Self, DuplicateName> {
        for (index, check) in checks.iter().enumerate() {
            if checks[..index].iter().any(|earlier| earlier.name.eq_ignore_ascii_case(check.name)) {
                return Err(DuplicateName(check.name));
            }
        }
        Ok(Self { checks: checks.into(), stopwatch, last: Arc::default() })
    }

    /// The report of all checks, at most [`REUSE`] old; callers at the same time share one run.
    pub async fn report(&self) -> Report {
        let mut last = self.last.lock().await;
        match &*last {
            Some((made, report)) if made.elapsed() < REUSE => report.clone(),
            _ => {
                let report = self.run(self.checks.iter()).await;
                *last = Some((Instant::now(), report.clone()));
                report
            }
        }
    }

    /// A fresh report of the checks that readiness depends on.
    pub async fn critical(&self) -> Report {
        self.run(self.checks.iter().filter(|check| check.tags.contains(&CRITICAL))).await
    }

    async fn run(&self, checks: impl Iterator<Item = &Registration>) -> Report {
        let start = (self.stopwatch)();
        let entries = join_all(checks.map(|check| self.run_one(check))).await;
        Report::new((self.stopwatch)().saturating_sub(start), entries)
    }

    async fn run_one(&self, registration: &Registration) -> Entry {
        let start = (self.stopwatch)();
        let guarded = AssertUnwindSafe(registration.check.check()).catch_unwind();
        let result = match tokio::time::timeout(registration.timeout, guarded).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => CheckResult::error("the check panicked"),
            Err(_) => CheckResult::failed(TIMED_OUT),
        };
        let status = result.status.unwrap_or(registration.failure_status);
        if status != HealthStatus::Healthy {
            let reason =
                result.exception.as_deref().or(result.description.as_deref()).unwrap_or("no reason given");
            tracing::debug!(
                check = registration.name,
                ?status,
                reason,
                "Health check {{check}} is {{status}}: {{reason}}"
            );
        }
        Entry {
            name: registration.name,
            data: result.data,
            description: result.description.or_else(|| result.exception.clone()),
            duration: (self.stopwatch)().saturating_sub(start),
            exception: result.exception,
            status,
            tags: registration.tags,
        }
    }
}
