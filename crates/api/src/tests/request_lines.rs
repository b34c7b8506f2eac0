//! The log lines of requests.

use std::time::Duration;

use axum::body::Body;
use axum::routing::get;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::stub::{THING, api, call, operations, state};
use crate::middleware::HttpLimits;
use crate::overload::{self, Overload, WriterQueue};
use crate::resources::Resources;
use crate::telemetry::tests::Listening;
use crate::telemetry::{Level, LevelRules};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "9f002b6f1d6a4e11";

fn listening(level: Level) -> Listening {
    Listening::start(LevelRules::new(level, []))
}

/// Proves: J4, X86.
#[tokio::test]
async fn a_request_is_one_line_with_everything_that_is_asked_for() {
    let log = listening(Level::Information);
    let header = format!("traceparent: 00-{TRACE}-b7ad6b7169203331-01");
    let path = format!("/api/v1/things/{THING}");
    let reply = call(&api(), "GET", &path, &[&header, "X-Request-Id: r-1"], "").await;
    let lines = log.json();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert!(line["Elapsed"].as_f64().is_some_and(|ms| (0.0..60_000.0).contains(&ms)), "{line}");
    for (name, value) in [
        ("SourceContext", json!("erp::request")),
        ("@mt", json!("HTTP {RequestMethod} {Route} responded {StatusCode} in {Elapsed} ms")),
        ("@l", Value::Null),
        ("RequestMethod", json!("GET")),
        ("Route", json!("/api/v1/things/{id}")),
        ("StatusCode", json!(200)),
        ("Bytes", json!(reply.body.len())),
        ("Code", Value::Null),
        ("@tr", json!(TRACE)),
        ("@sp", json!(SPAN)),
        ("ParentId", json!("b7ad6b7169203331")),
        ("RequestId", json!("r-1")),
        ("TenantId", json!("00000000-0000-0000-0000-000000000002")),
        ("UserId", json!("00000000-0000-0000-0000-000000000001")),
    ] {
        assert_eq!(line[name], value, "{name}: {line}");
    }
    assert!(!line.to_string().contains(THING), "never the path itself: {line}");
}

#[tokio::test]
async fn a_problem_and_its_lines_name_the_same_trace() {
    let log = listening(Level::Debug);
    let header = format!("traceparent: 00-{TRACE}-b7ad6b7169203331-01");
    for (headers, trace) in [(&[header.as_str()][..], TRACE), (&[], &THING.replace('-', ""))] {
        let reply = call(&api(), "GET", "/api/v1/nowhere", headers, "").await;
        assert_eq!(reply.json()["traceId"], trace);
        assert_eq!(reply.header("x-request-id"), THING);
        let lines = log.json();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().all(|line| line["@tr"] == trace), "{lines:?}");
        assert_eq!((&lines[0]["@mt"], &lines[0]["@l"]), (&json!("request refused"), &json!("Debug")));
        assert_eq!((&lines[1]["StatusCode"], &lines[1]["Code"]), (&json!(404), &json!("route_not_found")));
    }
}

#[tokio::test]
async fn a_failure_is_one_error_with_its_cause() {
    let log = listening(Level::Information);
    for (path, code, cause) in [
        ("/api/v1/panic", "internal_error", "internal_error: a handler panicked: a secret detail"),
        ("/api/v1/slow", "request_timeout", "request_timeout"),
    ] {
        let limits = HttpLimits { request_timeout: Duration::from_millis(20), ..HttpLimits::default() };
        let api = operations().into_router(state(), &limits);
        let reply = call(&api, "GET", path, &[], "").await;
        let lines = log.json();
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["@l"], &line["@x"], &line["Code"]), (&json!("Error"), &json!(cause), &json!(code)));
        assert_eq!(line["StatusCode"], reply.status.as_u16());
        assert_eq!(line["@tr"], reply.json()["traceId"]);
        assert!(!reply.body.contains("secret"), "{}", reply.body);
    }
}

/// Proves: X86.
#[tokio::test]
async fn probes_are_for_those_who_look_for_a_fault() {
    let with_health = || {
        let mut operations = operations();
        operations.plain(axum::Router::new().route("/health/ready", get(|| async { "ready" })));
        operations.into_router(state(), &HttpLimits::default())
    };
    let log = listening(Level::Information);
    call(&with_health(), "GET", "/health/ready", &[], "").await;
    assert_eq!(log.text(), "");
    drop(log);
    let log = listening(Level::Debug);
    call(&with_health(), "GET", "/health/ready", &[], "").await;
    assert!(log.text().contains("DBG] HTTP GET /health/ready responded 200 in "), "{}", log.text());
}

#[tokio::test]
async fn requests_that_are_refused_under_load_have_no_line_each() {
    let log = listening(Level::Information);
    let one = overload::Limits { requests_max: Some(1), ..overload::Limits::default() };
    let overload = Overload::new(one, Resources::of_process(), WriterQueue::default());
    let state = state().with_overload(overload);
    let api = operations().into_router(state, &HttpLimits::default());
    let slow = tokio::spawn({
        let api = api.clone();
        async move { call(&api, "GET", "/api/v1/slow", &[], "").await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..50 {
        assert_eq!(call(&api, "GET", "/api/v1/public", &[], "").await.code(), "overloaded");
    }
    slow.abort();
    let text = log.text();
    assert!(!text.contains("HTTP GET /api/v1/public"), "{text}");
    // Another test of this process may have had the line of these ten seconds.
    assert!(text.matches("More requests come than").count() <= 1, "{text}");
}

#[tokio::test]
async fn a_stream_is_summed_up_at_its_end() {
    let log = listening(Level::Information);
    let list = || {
        let request = Request::get("/api/v1/things").header("Accept", "text/csv");
        api().oneshot(request.header("Authorization", "Bearer good").body(Body::empty()).unwrap())
    };
    let answer = list().await.unwrap();
    assert_eq!(log.text(), "", "it has not ended");
    let bytes = answer.into_body().collect().await.unwrap().to_bytes().len();
    let lines = log.json();
    assert_eq!((&lines[0]["StatusCode"], &lines[0]["Bytes"]), (&json!(200), &json!(bytes)), "{lines:?}");
    assert_eq!(lines.len(), 1, "{lines:?}");

    let mut body = list().await.unwrap().into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap().len();
    drop(body);
    let lines = log.json();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert!(line["@mt"].as_str().unwrap().contains("the answer broke off after"), "{line}");
    assert_eq!(line["Bytes"], first);
}

#[tokio::test]
async fn a_caller_who_goes_away_is_noted() {
    let log = listening(Level::Information);
    let api = api();
    let gone = call(&api, "GET", "/api/v1/slow", &[], "");
    assert!(tokio::time::timeout(Duration::from_millis(50), gone).await.is_err());
    let text = log.text();
    assert!(text.contains("INF] HTTP GET /api/v1/slow was given up by its caller after "), "{text}");
    assert!(text.contains("\"StatusCode\":499"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

/// Proves: J4, X86.
#[tokio::test]
async fn a_source_of_its_own_is_hidden_by_its_own_name_alone() {
    let hidden = |source: &str| LevelRules::new(Level::Information, [(source.to_owned(), Level::Warning)]);
    for (source, lines) in [("Microsoft", 1), ("erp::request", 0), ("erp.request", 0)] {
        let log = Listening::start(hidden(source));
        call(&api(), "GET", "/api/v1/public", &[], "").await;
        assert_eq!(log.text().lines().count(), lines, "{source}");
        // Failures stay.
        call(&api(), "GET", "/api/v1/panic", &[], "").await;
        assert!(log.text().contains("ERR] HTTP GET /api/v1/panic failed with 500 in "), "{source}");
    }
}
