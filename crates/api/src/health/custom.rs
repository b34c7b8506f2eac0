//! `custom-check`: what no other check covers, such as outbox lag, clock skew or the disk (I4).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::check::{CheckResult, HealthCheck, HealthStatus};

const OPERATIONAL: &str = "All systems operational";
const DOWN: &str = "One or more critical services are down";
const FAILED: &str = "Health check failed";
/// Less than a check may take, so that one concern that hangs does not hide the others.
pub const PROBE_TIMEOUT: Duration = Duration::from_millis(1_500);

/// The finding of a probe, with a text for operators that names no host and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    Well,
    /// Somebody should look; requests are served as ever.
    Worrying(String),
    /// Requests fail, or soon will.
    Bad(String),
}

/// One thing the custom check looks at.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Name in the check's data, such as `outbox-lag`.
    fn name(&self) -> &'static str;
    /// Looks; an error when the finding cannot be made.
    async fn look(&self) -> Result<Finding, String>;
}

/// Puts several probes under the three messages of the specification.
pub struct CustomCheck(pub Vec<Arc<dyn Probe>>);

#[async_trait]
impl HealthCheck for CustomCheck {
    async fn check(&self) -> CheckResult {
        let looks = self.0.iter().map(|probe| async move {
            let late = || Err("no answer in time".to_owned());
            let seen = tokio::time::timeout(PROBE_TIMEOUT, probe.look()).await.unwrap_or_else(|_| late());
            (probe.name(), seen)
        });
        let (mut result, mut bad, mut failures) = (CheckResult::degraded(DOWN), false, Vec::new());
        for (name, seen) in futures::future::join_all(looks).await {
            match seen {
                Ok(Finding::Well) => {}
                Ok(Finding::Worrying(text)) => result = result.with(name, text),
                Ok(Finding::Bad(text)) => {
                    bad = true;
                    result = result.with(name, text);
                }
                Err(error) => failures.push(format!("{name}: {error}")),
            }
        }
        if !failures.is_empty() {
            return CheckResult {
                data: result.data,
                ..CheckResult::error(failures.join("; ")).describe(FAILED)
            };
        }
        match (result.data.is_empty(), bad) {
            (true, _) => CheckResult::healthy().describe(OPERATIONAL),
            (false, true) => CheckResult { status: None, ..result },
            (false, false) => CheckResult { status: Some(HealthStatus::Degraded), ..result },
        }
    }
}
