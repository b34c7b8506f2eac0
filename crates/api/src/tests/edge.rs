//! Which calls are let in, how large, how often, how long; and what every answer carries.

use std::sync::Arc;
use std::time::Duration;

use application::platform::identity::{Authenticator, Credential};
use axum::body::Body;
use axum::extract::Request;
use http::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

use super::stub::{Stub, THING, api, api_with, call, operations, read, state};
use crate::health::Lifecycle;
use crate::middleware::guard::Verified;
use crate::middleware::observer::{Observer, Served};
use crate::middleware::{HttpLimits, RateLimit, Rates};
use crate::overload::{self, Overload, WriterQueue};
use crate::resources::Resources;
use crate::serving::{Patience, Serving};
use crate::telemetry::TraceContext;

#[tokio::test]
async fn callers_are_known_and_allowed_or_refused() {
    let api = api();
    let path = "/api/v1/things";
    let anonymous = call(&api, "GET", path, &["Anonymous: yes"], "").await;
    assert_eq!((anonymous.status.as_u16(), anonymous.code().as_str()), (401, "unauthenticated"));
    assert_eq!(anonymous.header("www-authenticate"), "Bearer realm=\"erp\"");
    for bad in ["Authorization: Bearer bad", "Authorization: Basic Z29vZA==", "X-Api-Key: erp_bad"] {
        let reply = call(&api, "GET", path, &[bad], "").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    for good in ["X-Api-Key: erp_good", "Authorization: bearer erp_good", "Authorization: Bearer reader"] {
        assert_eq!(call(&api, "GET", path, &[good], "").await.status, StatusCode::OK, "{good}");
    }
    // Refused before the body is read: it is not even JSON.
    let denied = call(&api, "POST", path, &["Authorization: Bearer reader"], "no json").await;
    assert_eq!((denied.status.as_u16(), denied.code().as_str()), (403, "permission_denied"));
    assert!(denied.json()["detail"].as_str().unwrap().contains("test.thing.create"));
    assert_eq!(call(&api, "GET", "/api/v1/admin", &[], "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn unknown_paths_methods_and_media_are_problems() {
    for path in ["/nowhere", "/api/v1/nowhere", "/docs/nothing.js"] {
        let reply = read(path).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "route_not_found"), "{path}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let reply = read("/api/v1/things/not-a-uuid").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "not_found"));
    let reply = call(&api(), "DELETE", "/api/v1/things", &[], "").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (405, "method_not_allowed"));
    let allow = reply.header("allow");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    let reply = call(&api(), "GET", "/api/v1/things", &["Accept: image/png"], "").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (406, "not_acceptable"));
    let reply = call(&api(), "POST", "/api/v1/things", &["Content-Type: text/plain"], "{}").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (415, "unsupported_media_type"));
}

#[tokio::test]
async fn a_body_over_its_limit_is_refused_by_name() {
    let api = api_with(&HttpLimits { body_bytes_max: 100, ..HttpLimits::default() });
    let whole = call(&api, "POST", "/api/v1/things", &[], " ".repeat(101)).await;
    assert_eq!((whole.status.as_u16(), whole.code().as_str()), (413, "body_too_large"));
    assert!(whole.json()["detail"].as_str().unwrap().contains("100 bytes (body_bytes_max)"));
    // Chunked: the size is not known beforehand.
    for headers in [&["Idempotency-Key: k"][..], &[]] {
        let chunks = futures::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>("          ")));
        let body = axum::body::Body::from_stream(chunks);
        let reply = call(&api, "POST", "/api/v1/things", headers, body).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "body_too_large"));
    }
}

/// Proves: A1.
#[tokio::test]
async fn etags_answer_and_save_a_body() {
    let path = format!("/api/v1/things/{THING}");
    let reply = read(&path).await;
    assert_eq!((reply.status, reply.header("etag")), (StatusCode::OK, "\"3\""));
    for tag in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
        let reply = call(&api(), "GET", &path, &[&format!("If-None-Match: {tag}")], "").await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str(), reply.header("etag")), (304, "", "\"3\""));
    }
    assert_eq!(call(&api(), "GET", &path, &["If-None-Match: \"2\""], "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_created_has_an_address_unless_nothing_was() {
    let body = json!({ "code": "1", "name": { "en": "Cash" }, "lines": [] }).to_string();
    let created = call(&api(), "POST", "/api/v1/things", &[], body.clone()).await;
    assert_eq!(created.header("location"), format!("/api/v1/things/{THING}"));
    assert_eq!((created.status.as_u16(), created.header("etag")), (201, "\"3\""));
    let dry = call(&api(), "POST", "/api/v1/things?dryRun=true", &[], body).await;
    assert_eq!((dry.status.as_u16(), dry.header("location"), dry.header("etag")), (200, "", ""));
}

#[tokio::test]
async fn a_caller_over_the_rate_is_told_when_to_come_back() {
    let rates = Rates { user: RateLimit { per_minute: 60, burst: 2 }, ..Rates::OFF };
    let api = api_with(&HttpLimits { rates, ..HttpLimits::default() });
    let first = call(&api, "GET", "/api/v1/report", &[], "").await;
    let standing = (first.header("ratelimit-policy"), first.header("ratelimit"));
    assert_eq!(standing, ("\"user\";q=2;w=2", "\"user\";r=1;t=1"));
    call(&api, "GET", "/api/v1/report", &[], "").await;
    let refused = call(&api, "GET", "/api/v1/report", &[], "").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "rate_limited"));
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"user\";r=0;t=2"));
    assert_eq!(read("/api/v1/things").await.header("ratelimit"), "");
}

#[tokio::test]
async fn panics_stay_inside() {
    let reply = read("/api/v1/panic").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (500, "internal_error"));
    assert!(!reply.body.contains("secret"));
}

/// The connection goes on, and so does the process.
#[tokio::test]
async fn a_panic_is_an_answer_like_another() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let budget = overload::Budget::new(1 << 20);
    let serving = Serving::new(api(), Lifecycle::default(), (budget, None), 4, Patience::default());
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(serving.run(listener, stopped));
    let mut ask = async |path: &str| {
        let head = format!("GET /api/v1/{path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer reader\r\n\r\n");
        client.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4_096];
        let read = client.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    };
    for _ in 0..2 {
        let answer = ask("panic").await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 500") && head.contains("application/problem+json"), "{answer}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["code"], "internal_error");
        assert_eq!(problem["traceId"].as_str().unwrap().len(), 32);
    }
    assert!(ask("public").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_slow_request_is_given_up_and_a_full_server_sheds() {
    let limits = HttpLimits { request_timeout: Duration::from_secs(3), ..HttpLimits::default() };
    let one = overload::Limits { requests_max: Some(1), ..overload::Limits::default() };
    let overload = Overload::new(one, Resources::of_process(), WriterQueue::default());
    let state = state().with_overload(overload);
    let api = operations().into_router(state, &limits);
    let slow = tokio::spawn({
        let api = api.clone();
        async move { call(&api, "GET", "/api/v1/slow", &[], "").await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let shed = call(&api, "GET", "/api/v1/public", &[], "").await;
    assert_eq!((shed.status.as_u16(), shed.code().as_str()), (503, "overloaded"));
    assert_eq!(shed.header("retry-after"), "1");
    let document = call(&api, "GET", "/openapi.json", &[], "").await;
    assert_eq!(document.code(), "overloaded", "documents are within the limits, too");
    let given_up = slow.await.unwrap();
    assert_eq!((given_up.status.as_u16(), given_up.code().as_str()), (503, "request_timeout"));
    assert_eq!(call(&api, "GET", "/api/v1/public", &[], "").await.status, StatusCode::OK);
}

/// Proves: A1.
#[tokio::test]
async fn every_answer_is_traceable_and_hardened() {
    let reply = call(&api(), "GET", "/api/v1/public", &["X-Request-Id: order-7.a_B"], "").await;
    assert_eq!(reply.header("x-request-id"), "order-7.a_B");
    assert_eq!(reply.json()["requestId"], "order-7.a_B");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
    for bad in ["X-Request-Id: a b", "X-Request-Id: <script>"] {
        let reply = call(&api(), "GET", "/api/v1/public", &[bad], "").await;
        assert_eq!(reply.header("x-request-id"), THING);
    }
    let limits = HttpLimits { cors_origins: vec!["https://app.example".into()], ..HttpLimits::default() };
    let api = api_with(&limits);
    let reply = call(&api, "GET", "/api/v1/public", &["Origin: https://app.example"], "").await;
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
    let reply = call(&api, "GET", "/api/v1/public", &["Origin: https://evil.example"], "").await;
    assert_eq!(reply.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn large_answers_are_compressed_when_asked_for() {
    let zipped = call(&api(), "GET", "/api/v1/things", &["Accept-Encoding: gzip"], "").await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    let small = call(&api(), "GET", "/api/v1/public", &["Accept-Encoding: gzip"], "").await;
    assert_eq!(small.header("content-encoding"), "");
}

#[tokio::test]
async fn an_operation_of_a_batch_brings_its_identity_along() {
    let rates = Rates { user: RateLimit { per_minute: 60, burst: 1 }, ..Rates::OFF };
    let api = api_with(&HttpLimits { rates, ..HttpLimits::default() });
    let identity = Stub.authenticate(&Credential::Bearer("reader".into())).await.unwrap();
    for (method, status) in [("GET", 200), ("POST", 403), ("GET", 200)] {
        let mut request =
            Request::builder().method(method).uri("/api/v1/things").body(Body::empty()).unwrap();
        request.extensions_mut().insert(Verified(Arc::new(identity.clone())));
        assert_eq!(api.clone().oneshot(request).await.unwrap().status().as_u16(), status);
    }
}

/// Proves: H5.
#[tokio::test]
async fn every_request_is_observed_by_its_route() {
    #[derive(Default)]
    struct Notes(std::sync::Mutex<Vec<(String, u16)>>);
    impl Observer for Notes {
        fn begins(&self, _: &TraceContext) -> f32 {
            0.0
        }
        fn ended(&self, served: &Served<'_>) {
            self.0.lock().unwrap().push((served.scope.route().to_owned(), served.status));
        }
    }
    let seen = Arc::new(Notes::default());
    let mut registry = operations();
    registry.observe(seen.clone());
    let api = registry.into_router(state(), &HttpLimits::default());
    call(&api, "GET", &format!("/api/v1/things/{THING}"), &[], "").await;
    call(&api, "GET", "/secret/1", &[], "").await;
    assert_eq!(*seen.0.lock().unwrap(), [("/api/v1/things/{id}".to_owned(), 200), ("-".to_owned(), 404)]);
}
