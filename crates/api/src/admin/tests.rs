//! The admin listener's answers, without a server around them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use domain::time::Timestamp;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::*;
use crate::config::live_for_tests;
use crate::operating::Build;
use crate::overload::{Class, Overload};
use crate::telemetry::{Level, LevelRules, LevelSwitch};

/// A clock that goes with the runtime's, from 2024-01-15T14:30:05Z.
struct Runtime(tokio::time::Instant);

impl Clock for Runtime {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.0.elapsed().as_secs()).unwrap();
        Timestamp::parse("2024-01-15T14:30:05Z").unwrap().plus_seconds(elapsed)
    }
}

struct Zero;

impl Ids for Zero {
    fn new_id(&self) -> Uuid {
        Uuid::nil()
    }
    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

fn state(overload: Overload) -> AdminState {
    let clock = Arc::new(Runtime(tokio::time::Instant::now()));
    let levels = LevelRules::new(Level::Information, [("Microsoft".to_owned(), Level::Warning)]);
    let build = Build {
        version: "1.2.3",
        build: "1.2.3+7".to_owned(),
        environment: "Development",
        database: "sqlite",
        host: "books-7".to_owned(),
        process_id: 7,
        started_at: clock.now(),
        worker_threads: 2,
        cpus: 0.5,
        memory_bytes: 9,
        open_files_max: 8,
    };
    let operating = Operating {
        levels: LevelSwitch::new(levels, |_| {}),
        live: Some(live_for_tests(false)),
        build: Arc::new(build),
        ..Operating::default()
    };
    AdminState { operating, overload, clock, ids: Arc::new(Zero) }
}

fn quiet() -> Router {
    router(state(Overload::default()))
}

fn request(method: Method, path: &str, body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("Host", "127.0.0.1:9090");
    request.header("Content-Type", "application/json").body(Body::from(body.to_owned())).unwrap()
}

async fn answer(router: &Router, request: Request<Body>) -> (u16, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    assert_eq!(parts.headers["x-content-type-options"], "nosniff");
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), String::from_utf8(bytes.to_vec()).unwrap())
}

async fn levels(router: &Router, method: Method, body: &str) -> (u16, Value) {
    let (status, body) = answer(router, request(method, "/admin/log-level", body)).await;
    (status, serde_json::from_str(&body).unwrap())
}

/// Proves: J1.
#[tokio::test(start_paused = true)]
async fn levels_change_for_a_while_and_are_then_the_configured_ones() {
    let router = quiet();
    let configured = json!({ "default": "Information", "overrides": { "Microsoft": "Warning" } });
    let calm = json!({ "configured": configured, "inForce": configured, "until": null });
    assert_eq!(levels(&router, Method::GET, "").await, (200, calm.clone()));

    let body = r#"{ "default": "debug", "overrides": { "sqlx": "Verbose" }, "seconds": 60 }"#;
    let changed = json!({
        "configured": configured,
        "inForce": { "default": "Debug", "overrides": { "Microsoft": "Warning", "sqlx": "Verbose" } },
        "until": "2024-01-15T14:31:05.000000Z",
    });
    assert_eq!(levels(&router, Method::PUT, body).await, (200, changed.clone()));
    tokio::time::sleep(Duration::from_secs(59)).await;
    assert_eq!(levels(&router, Method::GET, "").await, (200, changed));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(levels(&router, Method::GET, "").await, (200, calm.clone()));

    // A later change is not ended by the time of an earlier one, and without a time it is a quarter of an hour.
    levels(&router, Method::PUT, r#"{ "default": "Error", "seconds": 10 }"#).await;
    let (_, later) = levels(&router, Method::PUT, r#"{ "overrides": { "Microsoft": "Fatal" } }"#).await;
    assert_eq!(later["inForce"], json!({ "default": "Information", "overrides": { "Microsoft": "Fatal" } }));
    tokio::time::sleep(Duration::from_secs(899)).await;
    assert_eq!(levels(&router, Method::GET, "").await.1, later);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(levels(&router, Method::GET, "").await.1, calm);

    levels(&router, Method::PUT, r#"{ "default": "Error" }"#).await;
    assert_eq!(levels(&router, Method::DELETE, "").await, (200, calm), "ended at once");
}

#[tokio::test]
async fn what_is_no_level_is_refused_with_its_place() {
    let router = quiet();
    for (body, code, pointer) in [
        (r#"{ "default": "Loud" }"#, "unknown_word", "/default"),
        (r#"{ "overrides": { "sqlx": "Loud" } }"#, "unknown_word", "/overrides/sqlx"),
        (r#"{ "overrides": ["sqlx"] }"#, "wrong_type", "/overrides"),
        (r#"{ "default": "Debug", "seconds": 86401 }"#, "number_out_of_range", "/seconds"),
        (r#"{ "default": "Debug", "seconds": 0 }"#, "number_out_of_range", "/seconds"),
        (r#"{ "default": "Debug", "forever": true }"#, "unknown_member", "/forever"),
        ("{}", "required", "/default"),
    ] {
        let (status, problem) = levels(&router, Method::PUT, body).await;
        assert_eq!((status, &problem["code"]), (422, &json!(code)), "{body} {problem}");
        assert!(problem.to_string().contains(pointer), "{body} {problem}");
    }
    let many: Vec<_> = (0..101).map(|n| format!(r#""s{n}": "Debug""#)).collect();
    let (status, problem) =
        levels(&router, Method::PUT, &format!(r#"{{ "overrides": {{ {} }} }}"#, many.join(","))).await;
    assert_eq!((status, &problem["code"]), (422, &json!("too_many_items")));
    let (status, problem) = levels(&router, Method::PUT, &" ".repeat(20_000)).await;
    assert_eq!((status, &problem["code"]), (413, &json!("body_too_large")));
    let mut plain = request(Method::PUT, "/admin/log-level", r#"{ "default": "Debug" }"#);
    plain.headers_mut().insert("Content-Type", "text/plain".parse().unwrap());
    assert_eq!(answer(&router, plain).await.0, 415, "what a web page could send");
    let mut arabic = request(Method::PUT, "/admin/log-level", r#"{ "default": "Debug", "seconds": 0 }"#);
    arabic.headers_mut().insert("Accept-Language", "ar".parse().unwrap());
    assert!(answer(&router, arabic).await.1.contains("يجب أن يكون"));
    assert_eq!(levels(&router, Method::GET, "").await.1["until"], Value::Null, "nothing was changed");
}

#[tokio::test]
async fn the_state_of_overload_protection_is_seen() {
    let overload = Overload::default();
    let _place = overload.admission.enter(Class::Write).await.unwrap();
    let _transfer = overload.transfers.enter().unwrap();
    let _bytes = overload.budget.take(12_345).unwrap();
    let router = router(state(overload));
    let (status, body) = answer(&router, request(Method::GET, "/debug/overload", "")).await;
    assert_eq!(status, 200);
    let seen: Value = serde_json::from_str(&body).unwrap();
    let requests = &seen["requests"];
    assert_eq!((&requests["running"], &requests["runningWrites"]), (&json!(1), &json!(1)), "{seen}");
    assert_eq!((&requests["waitingReads"], &requests["waitingWrites"]), (&json!(0), &json!(0)), "{seen}");
    assert!(requests["limitMin"].as_u64() <= requests["limit"].as_u64(), "{seen}");
    assert!(requests["limit"].as_u64() <= requests["limitMax"].as_u64(), "{seen}");
    assert_eq!(seen["transfers"]["used"], 1);
    assert_eq!(seen["bytesInFlight"]["used"], 12_345);
    assert_eq!(seen["anonymousBytesInFlight"]["used"], 0);
    assert_eq!(seen["writer"], json!({ "waiting": 0, "oldestMs": null }));
}

#[tokio::test(start_paused = true)]
async fn the_build_and_the_configuration_are_seen() {
    let router = quiet();
    tokio::time::sleep(Duration::from_secs(61)).await;
    let (_, body) = answer(&router, request(Method::GET, "/debug/build", "")).await;
    assert_eq!(
        body,
        concat!(
            r#"{"version":"1.2.3","build":"1.2.3+7","environment":"Development","database":"sqlite","host":"books-7","processId":7,"#,
            r#""startedAt":"2024-01-15T14:30:05.000000Z","workerThreads":2,"cpus":0.5,"memoryBytes":9,"openFilesMax":8,"#,
            r#""uptimeSeconds":61}"#
        )
    );
    let (_, body) = answer(&router, request(Method::GET, "/debug/config", "")).await;
    assert!(body.contains("Admin:Urls=http://127.0.0.1:9090 (default)\n"), "{body}");
}

#[tokio::test]
async fn only_what_is_there_is_answered() {
    let router = quiet();
    for path in ["/", "/api/v1/accounts", "/docs", "/openapi.json", "/admin", "/debug"] {
        let status = answer(&router, request(Method::GET, path, "")).await.0;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(answer(&router, request(Method::POST, "/debug/build", "")).await.0, 405);
    for path in ["/health", "/api/v1/health", "/health/live", "/metrics"] {
        assert_eq!(answer(&router, request(Method::GET, path, "")).await.0, 200, "{path}");
    }
}
