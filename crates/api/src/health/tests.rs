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
    assert_eq!(stub.runs.load(Ordering::SeqCst), 1, "callers within a second share a run");
    let (status, _, body) = ask(&router, Method::GET, "/health/live").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, r#"{"status":"Healthy","totalDuration":"00:00:00","entries":{}}"#);
}

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

#[tokio::test]
async fn no_checks_are_healthy_and_names_are_unique() {
    let none = HealthChecks::new(Vec::new()).unwrap();
    assert_eq!(none.report().await.status, HealthStatus::Healthy);
    let twice = HealthChecks::new(vec![database().1, database().1]).err();
    assert_eq!(twice, Some(DuplicateName("sql-server")));
}

struct Says(Result<bool, String>);

#[async_trait]
impl Probe for Says {
    fn name(&self) -> &'static str {
        "outbox-lag"
    }
    async fn well(&self) -> Result<bool, String> {
        self.0.clone()
    }
}

#[tokio::test]
async fn the_custom_check_has_exactly_three_messages() {
    for (answer, message, failed) in [
        (Ok(true), "All systems operational", false),
        (Ok(false), "One or more critical services are down", true),
        (Err("unreadable".to_owned()), "Health check failed", true),
    ] {
        let result = CustomCheck(vec![Arc::new(Says(Ok(true))), Arc::new(Says(answer))]).check().await;
        assert_eq!(result.description.as_deref(), Some(message));
        assert_eq!(result.status.is_none(), failed);
    }
}
