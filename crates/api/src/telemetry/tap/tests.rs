use http::{HeaderMap, Method};
use signals::Event as Exported;
use signals::event::Service;
use signals::{Call, Outcome as Ended};
use uuid::Uuid;

use super::*;
use crate::telemetry::tests::tapped;
use crate::telemetry::{Enrichers, TRACEPARENT};

const SCOPE: u128 = 0x0198_c0de_7b1f_7c3a_9f00_2b6f_1d6a_4e11;

fn trace(flags: Option<&str>, n: u128) -> TraceContext {
    let mut headers = HeaderMap::new();
    if let Some(flags) = flags {
        let header = format!("00-{:032x}-b7ad6b7169203331-{flags}", SCOPE + n);
        headers.insert(TRACEPARENT, header.parse().unwrap());
    }
    TraceContext::of(&headers, Uuid::from_u128(SCOPE + n))
}

fn tap(rate: f64) -> (Tap, Fed<Item>) {
    let (tap, fed) = Tap::new(rate, Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap()));
    tap.open(true);
    tap.turn(signals::SAMPLER_TICK);
    (tap, fed)
}

fn scope(per_cent: f32) -> Arc<RequestScope> {
    Arc::new(RequestScope::new(trace(None, 0), Arc::from("r"), Method::GET, None).exported(per_cent))
}

fn naming() -> Naming {
    Naming { enrichers: Enrichers::default(), user_ids: UserIds::Plain, scheme: "https", calls: 0 }
}

fn outcome(status: u16) -> Outcome<'static> {
    Outcome { status, took: Duration::from_millis(2), bytes: 7, problem: None, part: false }
}

/// Proves: H2.
#[test]
fn whoever_records_the_rest_of_a_trace_decides_within_limits() {
    let (tap, _fed) = tap(0.0);
    assert!((0..500).all(|n| tap.begins(&trace(Some("01"), n)) == 0.0), "nothing is wanted");
    tap.set_traces_per_second(5.0);
    tap.turn(signals::SAMPLER_TICK);
    assert!((0..500).all(|n| tap.begins(&trace(Some("00"), n)) == 0.0), "the caller does not record");
    let kept = (0..100_000).filter(|n| tap.begins(&trace(Some("01"), *n)) > 0.0).count();
    assert!((50..2_000).contains(&kept), "a flood of callers that record is thinned: {kept}");
    assert!((0..10).all(|n| tap.begins(&trace(None, n)) == 100.0), "and takes nothing from others");
}

/// Proves: H2, X80.
#[test]
fn failures_are_handed_over_whatever_was_decided() {
    let (tap, fed) = tap(5.0);
    for status in [200, 304, 404, 500, 503] {
        tap.answered(&scope(0.0), outcome(status), Address::default);
    }
    tap.answered(&scope(20.0), outcome(200), Address::default);
    let mut naming = naming();
    let events: Vec<_> = std::iter::from_fn(|| fed.next()).map(|item| naming.event(item)).collect();
    let seen: Vec<_> = events
        .iter()
        .map(|event| match event {
            Exported::Request(request) => (request.status, request.origin.per_cent),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, [(404, 100.0), (500, 100.0), (503, 100.0), (200, 20.0)]);
    // A flood of refusals is thinned.
    let kept: usize = (0..100_000_u128)
        .map(|n| {
            let scope = Arc::new(RequestScope::new(trace(None, n), Arc::from("r"), Method::GET, None));
            tap.answered(&scope, outcome(401), Address::default);
            std::iter::from_fn(|| fed.next()).count()
        })
        .sum();
    assert!((200..10_000).contains(&kept), "{kept}");
}

/// Proves: H5, X79.
#[test]
fn an_address_has_no_query_and_no_secret() {
    let naming = naming();
    let address =
        |uri: &'static str| Address { uri: uri.parse().unwrap(), host: Some("h:1".parse().unwrap()) };
    let url = |uri, route| convert::tests_url(&naming, &address(uri), route);
    assert_eq!(url("/api/v1/accounts/1?x=y", "/api/v1/accounts/{id}"), "https://h:1/api/v1/accounts/1");
    assert_eq!(
        url("/api/v1/attachment-links/s3cret", "/api/v1/attachment-links/{token}"),
        "https://h:1/api/v1/attachment-links/{token}"
    );
    assert_eq!(url("/whatever/s3cret", "-"), "https://h:1");
}

/// A call is an event: it belongs to the request around it, and of requests that are not exported only failures are told.
/// Proves: H2, H3, X80.
#[test]
fn calls_belong_to_their_request() {
    let (tap, fed) = tap(5.0);
    let call = |name: &str, failed: bool| {
        let outcome = if failed { Ended::Failed(&"refused") } else { Ended::Succeeded };
        let (service, took) = (Service::Sqlite, Duration::from_micros(9));
        Call { service, name, target: "sqlite | x", data: "SELECT 1", took, outcome }.ended();
    };
    let lines = tapped(&tap, || {
        scope(50.0).span().in_scope(|| {
            call("exported", false);
            tracing::info_span!("inner").in_scope(|| call("inner", true));
            tracing::info!("said");
        });
        scope(0.0).span().in_scope(|| {
            call("left out", false);
            call("failed", true);
            tracing::info!("left out");
            tracing::error!("wrong");
        });
        call("of nobody", false);
        tap.open(false);
        call("after the end", true);
    });
    assert!(!lines.contains("SELECT") && lines.contains("left out"), "calls are no log lines: {lines}");
    let mut naming = naming();
    let events: Vec<_> = std::iter::from_fn(|| fed.next())
        .map(|item| match naming.event(item) {
            Exported::Dependency(call) => (call.name, call.succeeded, call.origin.unwrap().per_cent),
            Exported::Log(log) => (log.message, true, log.origin.unwrap().per_cent),
            other => panic!("{other:?}"),
        })
        .collect();
    let seen: Vec<_> = events.iter().map(|(name, well, rate)| (name.as_str(), *well, *rate)).collect();
    assert_eq!(
        seen,
        [
            ("exported", true, 50.0),
            ("inner", false, 50.0),
            ("said", true, 50.0),
            ("failed", false, 100.0),
            ("wrong", true, 100.0)
        ]
    );
}

/// A driver may put its password into the reason of a failure, and a field of a log line may hold what a message did.
/// Proves: H3.
#[test]
fn neither_calls_nor_lines_show_a_secret() {
    const SECRET: &str = "sentinel-of-a-tap-3c1f";
    crate::telemetry::secrets::remember([SECRET]);
    let (tap, fed) = tap(5.0);
    let text = tapped(&tap, || {
        let reason = format!("login with {SECRET} failed");
        Call {
            service: Service::Sqlite,
            name: "account_list",
            target: "sql:1433 | erp",
            data: "SELECT 1",
            took: Duration::from_millis(2),
            outcome: Ended::Failed(&reason),
        }
        .ended();
        tracing::warn!(%reason, shown = ?Some(&reason), "No answer: {{reason}}; {reason}");
    });
    assert_eq!(text.matches("login with *** failed").count(), 3, "{text}");
    assert!(!text.contains(SECRET), "{text}");
    let handed: Vec<String> = std::iter::from_fn(|| fed.next()).map(|item| format!("{item:?}")).collect();
    assert_eq!(handed.len(), 2, "{handed:?}");
    assert!(handed.iter().all(|item| item.contains("login with *** failed")), "{handed:?}");
    assert!(!handed.iter().any(|item| item.contains(SECRET)), "{handed:?}");
}
