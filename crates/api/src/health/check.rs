//! Health checks and their answers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value};

/// Longest time a check may take before it counts as failed.
pub const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// From best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum HealthStatus {
    Healthy,
    Degraded,
    Unhealthy,
}

/// The answer of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckResult {
    /// `None` means failed: the registration says how bad that is.
    pub status: Option<HealthStatus>,
    pub description: Option<String>,
    pub data: Map<String, Value>,
    /// The text of the failure, for callers who may see it.
    pub exception: Option<String>,
}

impl CheckResult {
    fn new(status: Option<HealthStatus>) -> Self {
        Self { status, description: None, data: Map::new(), exception: None }
    }
    pub fn healthy() -> Self {
        Self::new(Some(HealthStatus::Healthy))
    }
    pub fn degraded(description: impl Into<String>) -> Self {
        Self::new(Some(HealthStatus::Degraded)).describe(description)
    }
    /// Failed for a reason that may be shown.
    pub fn failed(description: impl Into<String>) -> Self {
        Self::new(None).describe(description)
    }
    /// Failed with an error, whose text only authorised readers see.
    pub fn error(error: impl ToString) -> Self {
        Self { exception: Some(error.to_string()), ..Self::new(None) }
    }
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }
}

/// Looks at one dependency. It MUST NOT borrow from a pool that requests may have emptied, and may be dropped at any
/// await when its time is over.
#[async_trait]
pub trait HealthCheck: Send + Sync {
    async fn check(&self) -> CheckResult;
}

/// A check under a name.
#[derive(Clone)]
pub struct Registration {
    pub name: &'static str,
    pub tags: &'static [&'static str],
    /// The status of the whole if this check fails.
    pub failure_status: HealthStatus,
    pub timeout: Duration,
    pub check: Arc<dyn HealthCheck>,
}

impl Registration {
    /// A check whose failure is `Unhealthy`, with the usual time limit.
    pub fn new(name: &'static str, tags: &'static [&'static str], check: Arc<dyn HealthCheck>) -> Self {
        Self { name, tags, failure_status: HealthStatus::Unhealthy, timeout: CHECK_TIMEOUT, check }
    }
    /// The server can do without: a failure only degrades it.
    #[must_use]
    pub fn degrades(mut self) -> Self {
        self.failure_status = HealthStatus::Degraded;
        self
    }
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}
