//! `/health`, `/api/v1/health`, `/health/live`, `/health/ready` (I6, I7), for the public and for the admin listener.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, header};
use tokio::sync::Semaphore;

use super::check::HealthStatus;
use super::lifecycle::{Lifecycle, Phase};
use super::readiness::Readiness;
use super::report::Report;
use super::runner::HealthChecks;

/// How often readiness is evaluated.
const EVALUATION_INTERVAL: Duration = Duration::from_secs(5);
/// Callers whose right to see details is looked up at the same time; the others are answered as anonymous ones. Health is
/// exempt from the limits of requests, and whoever can reach it can send any key.
const DETAIL_ASKERS_MAX: usize = 4;
/// How long that may take: less than a probe waits.
const DETAIL_WAIT_MAX: Duration = Duration::from_millis(500);

/// Decides who may see the names and states of the checks.
#[async_trait]
pub trait DetailAccess: Send + Sync {
    /// Whether the sender of these headers may see the details.
    async fn allows(&self, headers: &HeaderMap) -> bool;
}

/// Shows details to no caller.
pub struct NoDetails;

#[async_trait]
impl DetailAccess for NoDetails {
    async fn allows(&self, _: &HeaderMap) -> bool {
        false
    }
}

/// The readers of a listener's answers.
#[derive(Clone)]
enum Readers {
    /// Anybody; some may see more.
    Public { access: Arc<dyn DetailAccess>, askers: Arc<Semaphore> },
    /// Operators only: the full text.
    Operators,
}

/// The checks and reports that the endpoints answer from; clones share them.
#[derive(Clone)]
pub struct HealthState {
    checks: HealthChecks,
    lifecycle: Lifecycle,
    readiness: Arc<Mutex<(Readiness, Option<Report>)>>,
    /// Held by whoever evaluates.
    evaluating: Arc<tokio::sync::Mutex<()>>,
    readers: Readers,
}

impl HealthState {
    pub fn new(checks: HealthChecks, lifecycle: Lifecycle, access: Arc<dyn DetailAccess>) -> Self {
        let readers = Readers::Public { access, askers: Arc::new(Semaphore::new(DETAIL_ASKERS_MAX)) };
        let (readiness, evaluating) = (Arc::default(), Arc::default());
        Self { checks, lifecycle, readiness, evaluating, readers }
    }

    /// The state for a listener that only operators reach.
    #[must_use]
    pub fn for_operators(&self) -> Self {
        Self { readers: Readers::Operators, ..self.clone() }
    }

    /// The report of all checks, with everything in it.
    pub async fn report(&self) -> Report {
        self.checks.report().await
    }

    /// Runs the critical checks once and takes the result into account.
    pub async fn evaluate(&self) {
        let _evaluating = self.evaluating.lock().await;
        self.evaluate_now().await;
    }

    async fn evaluate_now(&self) {
        let report = self.checks.critical().await;
        let mut readiness = self.readiness.lock().unwrap_or_else(PoisonError::into_inner);
        let before = readiness.0.is_ready();
        readiness.0.observe(report.status != HealthStatus::Unhealthy);
        let after = readiness.0.is_ready();
        readiness.1 = Some(report);
        drop(readiness);
        match (before, after) {
            (Some(true), Some(false)) => tracing::warn!("No longer ready: a critical health check fails"),
            (Some(false), Some(true)) => tracing::info!("Ready again"),
            _ => {}
        }
    }

    /// Evaluates every five seconds until it is dropped; the process runs it beside the server.
    pub async fn watch(self) {
        let mut interval = tokio::time::interval(EVALUATION_INTERVAL);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.evaluate().await;
        }
    }

    async fn readiness_report(&self) -> Report {
        let nothing = Report::new(Duration::ZERO, Vec::new());
        if self.lifecycle.phase() != Phase::Ready {
            return Report { status: HealthStatus::Unhealthy, ..nothing };
        }
        if self.current().0.is_ready().is_none() {
            let _evaluating = self.evaluating.lock().await;
            // Among the requests that come before the first evaluation, one makes it.
            if self.current().0.is_ready().is_none() {
                self.evaluate_now().await;
            }
        }
        let (readiness, report) = self.current();
        let mut report = report.unwrap_or(nothing);
        report.status = match (readiness.is_ready(), report.status) {
            (Some(true), HealthStatus::Unhealthy) => HealthStatus::Degraded,
            (Some(true), status) => status,
            _ => HealthStatus::Unhealthy,
        };
        report
    }

    fn current(&self) -> (Readiness, Option<Report>) {
        self.readiness.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// As much of the report as the caller may see.
    async fn answer(&self, report: Report, headers: &HeaderMap) -> Response {
        let shown = match &self.readers {
            Readers::Operators => report,
            Readers::Public { access, askers } if may_see(&**access, askers, headers).await => {
                report.redacted()
            }
            Readers::Public { .. } => report.anonymous(),
        };
        shown.into_response()
    }
}

async fn may_see(access: &dyn DetailAccess, askers: &Semaphore, headers: &HeaderMap) -> bool {
    let Ok(_asker) = askers.try_acquire() else { return false };
    tokio::time::timeout(DETAIL_WAIT_MAX, access.allows(headers)).await.unwrap_or(false)
}

impl IntoResponse for Report {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store, no-cache"),
            (header::PRAGMA, "no-cache"),
            (header::EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ];
        (self.http_status(), headers, self.json()).into_response()
    }
}

/// The endpoints, for anonymous callers; `HEAD` answers the same without a body.
pub fn router(checks: HealthChecks, lifecycle: Lifecycle) -> Router {
    router_with_access(HealthState::new(checks, lifecycle, Arc::new(NoDetails)))
}

/// The endpoints of a state that the process also [watches](HealthState::watch).
pub fn router_with_access(state: HealthState) -> Router {
    Router::new()
        .route("/health", get(all))
        .route("/api/v1/health", get(all))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(state)
}

/// The endpoints of a process that cannot ask its checks yet: alive, and nothing else.
pub fn router_before_start() -> Router {
    let starting = || async {
        let nothing = Report::new(Duration::ZERO, Vec::new());
        Report { status: HealthStatus::Unhealthy, ..nothing }.into_response()
    };
    Router::new()
        .route("/health", get(starting))
        .route("/api/v1/health", get(starting))
        .route("/health/live", get(live))
        .route("/health/ready", get(starting))
}

async fn all(State(state): State<HealthState>, headers: HeaderMap) -> Response {
    let report = state.checks.report().await;
    state.answer(report, &headers).await
}

/// Alive as long as it answers: restarting does not mend a dependency, so none is asked, not even who is calling.
async fn live() -> Response {
    Report::new(Duration::ZERO, Vec::new()).into_response()
}

async fn ready(State(state): State<HealthState>, headers: HeaderMap) -> Response {
    let report = state.readiness_report().await;
    state.answer(report, &headers).await
}
