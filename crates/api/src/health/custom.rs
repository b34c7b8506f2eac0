//! `custom-check`: what no other check covers, such as outbox lag, clock skew or free disk (I4).

use std::sync::Arc;

use async_trait::async_trait;

use super::check::{CheckResult, HealthCheck};

const OPERATIONAL: &str = "All systems operational";
const DOWN: &str = "One or more critical services are down";
const FAILED: &str = "Health check failed";

/// One thing the custom check looks at.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Name in the check's data, such as `outbox-lag`.
    fn name(&self) -> &'static str;
    /// Whether it is well; an error when that cannot be found out.
    async fn well(&self) -> Result<bool, String>;
}

/// Puts several probes under the three messages of the specification.
pub struct CustomCheck(pub Vec<Arc<dyn Probe>>);

#[async_trait]
impl HealthCheck for CustomCheck {
    async fn check(&self) -> CheckResult {
        let probes = self.0.iter().map(|probe| async move { (probe.name(), probe.well().await) });
        let mut down = Vec::new();
        for (name, well) in futures::future::join_all(probes).await {
            match well {
                Ok(true) => {}
                Ok(false) => down.push(name),
                Err(error) => return CheckResult::error(format!("{name}: {error}")).describe(FAILED),
            }
        }
        if down.is_empty() {
            CheckResult::healthy().describe(OPERATIONAL)
        } else {
            CheckResult::failed(DOWN).with("down", down)
        }
    }
}
