//! The endpoints over stub checks.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

const ALIVE: &str = r#"{"status":"Healthy","totalDuration":"00:00:00","entries":{}}"#;

#[derive(Default)]
struct Stub {
    down: AtomicBool,
    runs: AtomicU32,
}

#[async_trait]
impl HealthCheck for Stub {
    async fn check(&self) -> CheckResult {
        self.runs.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            CheckResult::error("secret host")
        } else {
            CheckResult::healthy()
        }
    }
}

struct Hangs;

#[async_trait]
impl HealthCheck for Hangs {
    async fn check(&self) -> CheckResult {
        pending().await
    }
}

struct Panics;

#[async_trait]
impl HealthCheck for Panics {
    async fn check(&self) -> CheckResult {
        panic!("inside")
    }
}

struct Everybody;

#[async_trait]
impl DetailAccess for Everybody {
    async fn allows(&self, _: &HeaderMap) -> bool {
        true
    }
}

fn database() -> (Arc<Stub>, Registration) {
    let stub = Arc::new(Stub::default());
    let check: Arc<dyn HealthCheck> = stub.clone();
    (stub, Registration::new("sql-server", &["db", "critical"], check))
}

async fn ask(router: &Router, method: Method, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// Proves: A1, I6, I7, GV1, X82, X83.
#[tokio::test]
async fn anonymous_callers_see_no_names_and_no_texts() {
    let (stub, database) = database();
    stub.down.store(true, Ordering::SeqCst);
    let router = router(HealthChecks::new(vec![database]).unwrap(), Lifecycle::default());
    for path in ["/health", "/api/v1/health"] {
        let (status, headers, body) = ask(&router, Method::GET, path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.starts_with(r#"{"status":"Unhealthy","totalDuration":"00:00:00"#), "{body}");
        assert!(body.ends_with(r#""entries":{}}"#), "{body}");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["cache-control"], "no-store, no-cache");
        assert_eq!(headers["pragma"], "no-cache");
        assert_eq!(headers["expires"], "Thu, 01 Jan 1970 00:00:00 GMT");
        let (status, _, body) = ask(&router, Method::HEAD, path).await;
        assert_eq!((status, body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, ""));
    }
    assert_eq!(stub.runs.load(Ordering::SeqCst), 1, "callers within two seconds share a run");
    let (status, _, body) = ask(&router, Method::GET, "/health/live").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ALIVE));
}

/// Proves: I7, GV1, X83.
#[tokio::test]
async fn authorised_callers_see_redacted_entries() {
    let (stub, database) = database();
    stub.down.store(true, Ordering::SeqCst);
    let checks = HealthChecks::new(vec![database]).unwrap();
    let router = router_with_access(HealthState::new(checks, Lifecycle::default(), Arc::new(Everybody)));
    let (_, _, body) = ask(&router, Method::GET, "/health").await;
    assert!(body.contains(r#""exception":"Exception Occurred.","status":"Unhealthy""#), "{body}");
    assert!(!body.contains("secret host"));
}

/// Proves: E9, X37.
#[tokio::test]
async fn readiness_follows_the_lifecycle_and_holds_through_one_failure() {
    let (stub, database) = database();
    let lifecycle = Lifecycle::default();
    let checks = HealthChecks::new(vec![database]).unwrap();
    let state = HealthState::new(checks, lifecycle.clone(), Arc::new(NoDetails));
    let router = router_with_access(state.clone());
    let ready = async || ask(&router, Method::GET, "/health/ready").await.0.as_u16();
    assert_eq!(ready().await, 503, "starting");
    lifecycle.ready();
    assert_eq!(ready().await, 200);
    stub.down.store(true, Ordering::SeqCst);
    state.evaluate().await;
    assert_eq!(ready().await, 200, "one failure");
    state.evaluate().await;
    assert_eq!(ready().await, 503, "two failures");
    stub.down.store(false, Ordering::SeqCst);
    state.evaluate().await;
    assert_eq!(ready().await, 200, "one success");
    lifecycle.drain();
    lifecycle.ready();
    assert_eq!(ready().await, 503, "draining");
    assert_eq!(ask(&router, Method::GET, "/health/live").await.0, 200);
}

/// Proves: I8.
#[tokio::test]
async fn slow_and_broken_checks_fail_by_themselves() {
    let (_, database) = database();
    let checks = HealthChecks::new(vec![
        Registration::new("slow", &[], Arc::new(Hangs)).degrades().timeout(Duration::from_millis(20)),
        Registration::new("broken", &[], Arc::new(Panics)).degrades(),
        database,
    ])
    .unwrap();
    let report = checks.report().await;
    assert_eq!(report.status, HealthStatus::Degraded);
    assert_eq!(report.entries[0].description.as_deref(), Some("A timeout occurred while running check."));
    assert_eq!(report.entries[0].exception, None);
    assert_eq!(report.entries[1].status, HealthStatus::Degraded);
    assert_eq!(report.entries[2].status, HealthStatus::Healthy);
}

/// Proves: I8.
#[tokio::test]
async fn no_checks_are_healthy_and_names_are_unique() {
    let none = HealthChecks::new(Vec::new()).unwrap();
    assert_eq!(none.report().await.status, HealthStatus::Healthy);
    let twice = HealthChecks::new(vec![database().1, database().1]).err();
    assert_eq!(twice, Some(DuplicateName("sql-server")));
}

/// Somebody with a credential whose right takes as long to find out as the database takes to answer.
#[derive(Default)]
struct Asked(AtomicU32);

#[async_trait]
impl DetailAccess for Asked {
    async fn allows(&self, _: &HeaderMap) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        pending().await
    }
}

/// Proves: E8, I7.
#[tokio::test(start_paused = true)]
async fn whoever_asks_for_details_holds_nobody_up_and_liveness_asks_nobody() {
    let asked = Arc::new(Asked::default());
    let (checks, lifecycle) = (HealthChecks::new(vec![database().1]).unwrap(), Lifecycle::default());
    lifecycle.ready();
    let router = router_with_access(HealthState::new(checks, lifecycle, asked.clone()));
    for _ in 0..100 {
        let (status, _, body) = ask(&router, Method::GET, "/health/live").await;
        assert_eq!((status.as_u16(), body.as_str()), (200, ALIVE));
    }
    assert_eq!(asked.0.load(Ordering::SeqCst), 0, "liveness asks nobody who is calling");
    let began = tokio::time::Instant::now();
    let answers = (0..100).map(|n| ask(&router, Method::GET, ["/health", "/health/ready"][n % 2]));
    for (status, _, body) in futures::future::join_all(answers).await {
        assert_eq!(status, StatusCode::OK);
        assert!(body.ends_with(r#""entries":{}}"#), "{body}");
    }
    assert!(began.elapsed() <= Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(asked.0.load(Ordering::SeqCst), 4, "the database is not asked for each");
}

/// Proves: E9.
#[tokio::test(start_paused = true)]
async fn a_report_is_handed_out_for_two_seconds_and_one_run_serves_all_who_ask_at_once() {
    let (stub, database) = database();
    let lifecycle = Lifecycle::default();
    let checks = HealthChecks::new(vec![database]).unwrap();
    let state = HealthState::new(checks, lifecycle.clone(), Arc::new(NoDetails));
    let router = router_with_access(state.clone());
    let runs = || stub.runs.load(Ordering::SeqCst);
    for (milliseconds, expected) in [(0, 1), (1_900, 1), (200, 2)] {
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
        futures::future::join_all((0..20).map(|_| ask(&router, Method::GET, "/health"))).await;
        assert_eq!(runs(), expected, "after {milliseconds} ms more");
    }
    lifecycle.ready();
    futures::future::join_all((0..20).map(|_| ask(&router, Method::GET, "/health/ready"))).await;
    assert_eq!(runs(), 3, "one evaluation for all that come before the first");
    let watching = tokio::spawn(state.watch());
    tokio::time::sleep(Duration::from_millis(10_500)).await;
    assert_eq!(runs(), 6, "at once, after five and after ten seconds");
    futures::future::join_all((0..20).map(|_| ask(&router, Method::GET, "/health/ready"))).await;
    assert_eq!(runs(), 6, "readiness was evaluated in the background");
    watching.abort();
}

/// Proves: I7.
#[tokio::test]
async fn operators_see_the_whole_text() {
    let (stub, database) = database();
    stub.down.store(true, Ordering::SeqCst);
    let checks = HealthChecks::new(vec![database]).unwrap();
    let state = HealthState::new(checks, Lifecycle::default(), Arc::new(NoDetails));
    let router = router_with_access(state.for_operators());
    let (status, _, body) = ask(&router, Method::GET, "/health").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains(r#""exception":"secret host","status":"Unhealthy""#), "{body}");
}

struct Says(&'static str, Result<Finding, String>);

#[async_trait]
impl Probe for Says {
    fn name(&self) -> &'static str {
        self.0
    }
    async fn look(&self) -> Result<Finding, String> {
        self.1.clone()
    }
}

struct Never;

#[async_trait]
impl Probe for Never {
    fn name(&self) -> &'static str {
        "clock-skew"
    }
    async fn look(&self) -> Result<Finding, String> {
        pending().await
    }
}

/// Proves: I4, X84.
#[tokio::test]
async fn the_custom_check_has_exactly_three_messages() {
    let well = Some(HealthStatus::Healthy);
    let (look, act) = (Finding::Worrying("late".to_owned()), Finding::Bad("full".to_owned()));
    let down = "One or more critical services are down";
    for (answer, message, status, data) in [
        (Ok(Finding::Well), "All systems operational", well, "{}"),
        (Ok(look), down, Some(HealthStatus::Degraded), r#"{"outbox-lag":"late"}"#),
        (Ok(act), down, None, r#"{"outbox-lag":"full"}"#),
        (Err("unreadable".to_owned()), "Health check failed", None, "{}"),
    ] {
        let probes: Vec<Arc<dyn Probe>> =
            vec![Arc::new(Says("disk", Ok(Finding::Well))), Arc::new(Says("outbox-lag", answer))];
        let result = CustomCheck(probes).check().await;
        assert_eq!(result.description.as_deref(), Some(message));
        assert_eq!(result.status, status, "{message}");
        assert_eq!(serde_json::to_string(&result.data).unwrap(), data);
    }
}

/// Proves: I4.
#[tokio::test(start_paused = true)]
async fn a_concern_that_hangs_does_not_hide_the_others() {
    let full = Ok(Finding::Bad("full".to_owned()));
    let probes: Vec<Arc<dyn Probe>> = vec![Arc::new(Never), Arc::new(Says("disk", full))];
    let check = Registration::new("custom-check", &[], Arc::new(CustomCheck(probes)));
    let entry = HealthChecks::new(vec![check]).unwrap().report().await.entries.remove(0);
    assert_eq!(entry.description.as_deref(), Some("Health check failed"));
    assert_eq!(entry.exception.as_deref(), Some("clock-skew: no answer in time"));
    assert_eq!(entry.data["disk"], "full");
    assert_eq!(entry.status, HealthStatus::Unhealthy);
}
