//! Health checks and their endpoints (I5–I8): what is checked, how it is reported, when the server is ready.

mod check;
mod custom;
mod lifecycle;
mod probe;
mod readiness;
mod report;
mod routes;
mod runner;
#[cfg(test)]
pub mod schema;
#[cfg(test)]
mod tests;

pub use check::{CheckResult, HealthCheck, HealthStatus, Registration};
pub use custom::{CustomCheck, Finding, Probe};
pub use lifecycle::{Lifecycle, Phase};
pub use probe::{healthcheck, resolve as resolve_url};
pub use report::{Entry, Report, time_span};
pub use routes::{DetailAccess, HealthState, NoDetails, router, router_before_start, router_with_access};
pub use runner::{DuplicateName, HealthChecks, REUSE, Stopwatch};
