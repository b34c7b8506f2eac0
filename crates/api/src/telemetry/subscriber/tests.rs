use http::{HeaderMap, Method};
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::*;
use crate::telemetry::TraceContext;
use crate::telemetry::tests::Page;

fn lines(format: Format, levels: LevelRules, log: impl FnOnce()) -> String {
    let page = Page::default();
    let time: Time = Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap());
    let console = Console::new(format, Enrichers::default(), LocalTime::new(TimeZone::UTC), page.clone());
    let queue = Queue::start("test", console, time.clone()).unwrap();
    let writer =
        Writer { queues: [queue.clone()].into(), time, tap: None, counts: Arc::new(Tally::with_cells(1)) };
    tracing::subscriber::with_default(writer.filtered(levels), log);
    queue.flush().recv().unwrap();
    page.text()
}

fn information() -> LevelRules {
    LevelRules::new(Level::Information, [])
}

fn scope() -> Arc<RequestScope> {
    let mut headers = HeaderMap::new();
    let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    headers.insert(crate::telemetry::TRACEPARENT, header.parse().unwrap());
    let trace = TraceContext::of(&headers, Uuid::from_u128(0x8000_0000_0000_0001));
    Arc::new(RequestScope::new(trace, Arc::from("r-1"), Method::GET, None))
}

/// Proves: J2.
#[test]
fn events_carry_the_fields_of_their_spans() {
    let text = lines(Format::Text, information(), || {
        let _outer = tracing::info_span!("job", tenant = "t1", user = "outer").entered();
        let _inner = tracing::info_span!("command", user = "inner").entered();
        tracing::info!(Id = 123, "Account {{Id}} posted");
        tracing::debug!("not logged");
    });
    assert_eq!(text, "[14:30:05 INF] Account 123 posted {\"user\":\"inner\",\"tenant\":\"t1\"}\n");
}

#[test]
fn what_operators_do_is_written_whatever_the_levels_are() {
    let silent = LevelRules::new(Level::Fatal, [("erp".to_owned(), Level::Fatal)]);
    let text = lines(Format::Text, silent, || {
        tracing::warn!(target: "erp::lifetime", "hidden");
        tracing::info!(target: crate::telemetry::AUDIT, "seen");
    });
    assert_eq!(text, "[14:30:05 INF] seen {}\n");
}

#[test]
fn errors_are_written_with_their_causes_and_levels_follow_the_source() {
    let rules = LevelRules::new(Level::Information, [("Microsoft".to_owned(), Level::Warning)]);
    let text = lines(Format::Text, rules, || {
        let error = std::io::Error::other("disk full");
        tracing::info!(target: "mssql_client::query", "hidden");
        tracing::info!(target: "erp::lifetime", "hidden as well");
        let error: &(dyn std::error::Error + 'static) = &error;
        tracing::error!(error, fatal = true, "Cannot go on");
    });
    assert_eq!(text, "[14:30:05 FTL] Cannot go on {}\ndisk full\n");
}

/// Proves: J2.
#[test]
fn every_line_inside_a_request_says_which() {
    let log = || {
        let scope = scope();
        let span = scope.span();
        span.in_scope(|| tracing::info!("Before"));
        scope.signed_in(Uuid::from_u128(2), Some(Uuid::from_u128(1)));
        let _inside = span.entered();
        tracing::info_span!("command", step = 3)
            .in_scope(|| tracing::warn!(TraceId = "own", "Inside {{RequestMethod}}"));
    };
    let text = lines(Format::Text, information(), log);
    // Texts are made when they are written: who asks may be known by then.
    let inside = text.lines().nth(1).unwrap();
    assert_eq!(
        inside,
        concat!(
            r#"[14:30:05 WRN] Inside GET {"TraceId":"own","step":3,"Route":"-","SpanId":"8000000000000001","#,
            r#""ParentId":"b7ad6b7169203331","RequestId":"r-1","TenantId":"00000000-0000-0000-0000-000000000002","#,
            r#""UserId":"00000000-0000-0000-0000-000000000001"}"#
        )
    );
    let json = lines(Format::Json, information(), log);
    let before: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(before["@tr"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!((&before["@sp"], &before["RequestId"]), (&"8000000000000001".into(), &"r-1".into()));
}

#[test]
fn a_span_of_the_same_name_elsewhere_is_an_ordinary_one() {
    let text = lines(Format::Text, information(), || {
        let _request = scope().span();
        tracing::info_span!("request", own = 1).in_scope(|| tracing::info!("x"));
        tracing::info_span!(target: "erp::request", "request", own = 2).in_scope(|| tracing::info!("y"));
    });
    assert_eq!(text, "[14:30:05 INF] x {\"own\":1}\n[14:30:05 INF] y {\"own\":2}\n");
}
