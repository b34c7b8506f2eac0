//! The exporter against a collector that answers well, badly, late or not at all.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use application::ports::blobs::{BlobKey, BlobKind};
use application::ports::configuration::SecretText;
use erp_stubs::{Collector, Reply};
use infrastructure::blobs::options::BlobOptions;
use infrastructure::telemetry::{Destination, Exporter, Format, INGESTION_PATH, Identity, Statistics};
use serde_json::{Value, json};
use signals::event::{Event, Field, Log, Severity};
use signals::{DEPENDENCY, FEED_BYTES_MAX, Fed, Feed, Handed, TraceParent};
use testkit::until;
use tracing::Instrument;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

struct Note(String, bool);

impl Handed for Note {
    fn weight(&self) -> usize {
        64 + self.0.len()
    }
    fn matters(&self) -> bool {
        self.1
    }
}

fn log(message: String) -> Event {
    Event::Log(Log {
        origin: None,
        time: 1_705_329_005_000_000,
        severity: Severity::Information,
        source: "erp".to_owned(),
        template: "{Text}".to_owned(),
        fields: vec![("Text".to_owned(), Field::Text(message.clone()))],
        message,
        exception: None,
        of_request: false,
    })
}

fn start(destinations: Vec<Destination>) -> (Exporter, Feed<Note>) {
    let (feed, fed): (_, Fed<Note>) = Feed::new();
    let identity = Identity {
        application: "ERP-API".to_owned(),
        instance: "test".to_owned(),
        version: "1+x".to_owned(),
        environment: "Development".to_owned(),
    };
    let exporter = Exporter::start(identity, fed, |note: Note| log(note.0)).unwrap();
    let count = destinations.len();
    exporter.set_destinations(destinations);
    while exporter.statistics().len() < count {
        std::thread::sleep(Duration::from_millis(1));
    }
    feed.open(true);
    (exporter, feed)
}

fn insights(url: &str) -> Destination {
    Destination {
        name: "application-insights",
        url: format!("{url}{INGESTION_PATH}"),
        format: Format::Insights(SecretText::new("key")),
        headers: Vec::new(),
        tokens: None,
    }
}

fn messages(collector: &Collector) -> Vec<String> {
    let text = |envelope: &Value| envelope["data"]["baseData"]["message"].as_str().unwrap().to_owned();
    let mut messages: Vec<_> = collector.envelopes().iter().map(text).collect();
    messages.sort();
    messages
}

fn statistics(exporter: &Exporter) -> Statistics {
    let none = Statistics { destination: "", delivered: 0, refused: 0, dropped: 0, waiting_bytes: 0 };
    exporter.statistics().first().copied().unwrap_or(none)
}

async fn end(exporter: Exporter) -> Duration {
    let began = Instant::now();
    tokio::task::spawn_blocking(move || exporter.end(Duration::from_secs(3))).await.unwrap();
    began.elapsed()
}

/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn envelopes_arrive_packed_and_in_lines() {
    let collector = Collector::start().await.unwrap();
    let (exporter, feed) = start(vec![insights(&collector.url())]);
    for text in ["one", "two", "الثالث"] {
        feed.push(Note(text.to_owned(), false));
    }
    until("all three", async || collector.envelopes().len() == 3).await;
    assert_eq!(messages(&collector), ["one", "two", "الثالث"]);
    let received = &collector.received()[0];
    assert_eq!(
        (received.path.as_str(), &received.headers["content-encoding"]),
        (INGESTION_PATH, &"gzip".parse().unwrap())
    );
    assert_eq!(received.headers["content-type"], "application/x-json-stream");
    until("the count", async || statistics(&exporter).delivered == 3).await;
}

/// H8: what may be taken later is sent again, and nothing is there twice.
/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_service_is_asked_again() {
    for status in [408, 429, 439, 500, 503] {
        let collector = Collector::start().await.unwrap();
        let headers = vec![("retry-after", "0".to_owned())];
        collector.reply(Reply { headers, ..Reply::status(status) });
        let (exporter, feed) = start(vec![insights(&collector.url())]);
        feed.push(Note("x".to_owned(), false));
        until("the second attempt", async || statistics(&exporter).delivered == 1).await;
        assert_eq!((collector.received().len(), messages(&collector)), (2, vec!["x".to_owned()]), "{status}");
    }
}

/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_good_is_counted_and_not_sent_again() {
    for status in [400, 402, 404] {
        let collector = Collector::start().await.unwrap();
        collector.reply(Reply::status(status));
        let (exporter, feed) = start(vec![insights(&collector.url())]);
        feed.push(Note("lost".to_owned(), false));
        until("the count", async || statistics(&exporter).refused == 1).await;
        feed.push(Note("next".to_owned(), false));
        until("the next", async || messages(&collector) == ["next"]).await;
        assert_eq!(collector.received().len(), 2, "{status}");
    }
}

/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_part_that_was_taken_only_the_rest_is_sent_again() {
    let collector = Collector::start().await.unwrap();
    let errors = json!({ "itemsReceived": 4, "itemsAccepted": 2, "errors": [
        { "index": 1, "statusCode": 500 }, { "index": 3, "statusCode": 400 } ] });
    let headers = vec![("retry-after", "0".to_owned())];
    collector.reply(Reply { body: errors.to_string().into_bytes(), headers, ..Reply::status(206) });
    let (exporter, feed) = start(vec![insights(&collector.url())]);
    (0..4).for_each(|n| feed.push(Note(n.to_string(), false)));
    until("the rest", async || statistics(&exporter).delivered == 3).await;
    let again = collector.received().pop().unwrap();
    assert!(String::from_utf8(again.body).unwrap().contains(r#""message":"1""#));
    assert_eq!((collector.received().len(), statistics(&exporter).refused), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirection_is_followed_and_a_circle_is_left() {
    let (collector, other) = (Collector::start().await.unwrap(), Collector::start().await.unwrap());
    collector.reply(Reply {
        headers: vec![("location", format!("{}/v2.1/track", other.url()))],
        ..Reply::status(308)
    });
    let (exporter, feed) = start(vec![insights(&collector.url())]);
    feed.push(Note("x".to_owned(), false));
    until("the other host", async || messages(&other) == ["x"]).await;
    let circle = vec![("location", format!("{}/v2.1/track", collector.url()))];
    collector.always(Some(Reply { headers: circle, ..Reply::status(307) }));
    feed.push(Note("y".to_owned(), false));
    until("some attempts", async || collector.received().len() > 3).await;
    assert!(end(exporter).await < Duration::from_secs(6));
}

/// Handing over never waits, and the items that wait stay below their limit.
/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_collector_costs_a_limited_amount_of_memory() {
    // The collector does not listen any more.
    let url = Collector::start().await.unwrap().url();
    let (exporter, feed) = start(vec![insights(&url)]);
    let text = "x".repeat(4_000);
    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    for _ in 0..20_000 {
        let before = Instant::now();
        feed.push(Note(text.clone(), false));
        slowest = slowest.max(before.elapsed());
        assert!(feed.waiting_bytes() <= FEED_BYTES_MAX);
    }
    assert!(began.elapsed() < PATIENCE && slowest < Duration::from_secs(1), "{slowest:?}");
    until("the limit", async || feed.dropped() + statistics(&exporter).dropped > 0).await;
    assert!(statistics(&exporter).waiting_bytes <= infrastructure::telemetry::WAITING_BYTES_MAX);
    assert!(end(exporter).await < Duration::from_secs(6));
}

/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_before_the_end_and_a_silent_collector_does_not_hold_it_up() {
    let collector = Collector::start().await.unwrap();
    let (exporter, feed) = start(vec![insights(&collector.url())]);
    feed.push(Note("last".to_owned(), false));
    end(exporter).await;
    assert_eq!(messages(&collector), ["last"]);

    let silent = Collector::start().await.unwrap();
    silent.always(Some(Reply { after: Duration::from_secs(60), ..Reply::status(200) }));
    let (exporter, feed) = start(vec![insights(&silent.url())]);
    feed.push(Note("never".to_owned(), false));
    until("a request", async || !silent.received().is_empty()).await;
    let took = end(exporter).await;
    assert!(took < Duration::from_secs(6), "{took:?}");
}

/// H8: the end does not wait for a pause between two attempts, and what is left gets its last attempt.
/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_comes_in_the_middle_of_a_pause() {
    let collector = Collector::start().await.unwrap();
    collector.reply(Reply { headers: vec![("retry-after", "600".to_owned())], ..Reply::status(503) });
    let (exporter, feed) = start(vec![insights(&collector.url())]);
    feed.push(Note("late".to_owned(), false));
    until("the first attempt", async || collector.received().len() == 1).await;
    end(exporter).await;
    assert_eq!(messages(&collector), ["late"]);
}

/// While it was away for a short time nothing is lost, also when the settings name another one meanwhile.
/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_comes_back_gets_what_it_missed() {
    let collector = Collector::start().await.unwrap();
    let port = collector.port();
    let (exporter, feed) = start(vec![insights(&collector.url())]);
    drop(collector);
    feed.push(Note("meanwhile".to_owned(), false));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let again = Collector::start_on(port).await.unwrap();
    until("what it missed", async || messages(&again) == ["meanwhile"]).await;

    let other = Collector::start().await.unwrap();
    feed.push(Note("to the first".to_owned(), false));
    exporter.set_destinations(vec![insights(&other.url())]);
    until("the first", async || messages(&again).contains(&"to the first".to_owned())).await;
    feed.push(Note("to the other".to_owned(), false));
    until("the other", async || messages(&other) == ["to the other"]).await;
    until("the counts of both", async || statistics(&exporter).delivered == 3).await;
}

/// Proves: J8, X23.
#[tokio::test(flavor = "multi_thread")]
async fn logs_go_to_a_log_server_in_its_own_protocol() {
    let seq = Collector::start().await.unwrap();
    let headers = vec![("X-Seq-ApiKey".to_owned(), SecretText::new("seq-key"))];
    let to = |name, path: &str, format| Destination {
        name,
        url: format!("{}{path}", seq.url()),
        format,
        headers: headers.clone(),
        tokens: None,
    };
    let (exporter, feed) = start(vec![
        to("seq-logs", "/ingest/otlp/v1/logs", Format::OtlpLogs),
        to("seq-traces", "/ingest/otlp/v1/traces", Format::OtlpTraces),
    ]);
    feed.push(Note("hello".to_owned(), false));
    until("the line", async || seq.logs().len() == 1).await;
    let record = &seq.logs()[0];
    assert_eq!(
        (record.severity_text.as_str(), record.time_unix_nano),
        ("Information", 1_705_329_005_000_000_000)
    );
    let names: Vec<_> = record.attributes.iter().map(|pair| pair.key.as_str()).collect();
    assert_eq!(names, ["Text", "message_template.text", "SourceContext"]);
    let received = &seq.received()[0];
    assert_eq!(
        (&received.headers["x-seq-apikey"], &received.headers["content-type"]),
        (&"seq-key".parse().unwrap(), &"application/x-protobuf".parse().unwrap())
    );
    assert_eq!(exporter.statistics().len(), 2);
    // Lies: an answer without an end, and one that is no protobuf.
    for body in [vec![0xff; 3], vec![b'x'; 2 << 20]] {
        seq.reply(Reply { body, ..Reply::status(200) });
        feed.push(Note("again".to_owned(), false));
    }
    until("all", async || statistics(&exporter).delivered >= 3).await;
}

/// Puts the trace of a request into its span, as the edge does, and hears of calls.
#[derive(Clone, Default)]
pub(crate) struct Edge(Arc<Mutex<Vec<String>>>);

impl Edge {
    pub(crate) fn calls(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Edge {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = TraceParent { trace: [0x0a; 16], span: [0xb7; 8] };
        context.span(id).unwrap().extensions_mut().insert(parent);
    }
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == DEPENDENCY {
            let mut text = event.metadata().level().to_string();
            event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                text.push_str(&format!(" {}={value:?}", field.name()));
            });
            self.0.lock().unwrap().push(text);
        }
    }
}

/// H9: a call of the file store goes on with the trace, and is told without its signature.
/// Proves: H3, H9.
#[tokio::test]
async fn calls_of_the_file_store_are_told_and_carry_the_trace() {
    let store = Collector::start().await.unwrap();
    let url = format!("{}/acc", store.url());
    let text = format!("BlobEndpoint={url};SharedAccessSignature=sv=1&sig=s3cret");
    let options = BlobOptions::parse(Some(&text), Path::new("."), "erp").unwrap();
    let blobs = infrastructure::blobs::options::open(&options, None).unwrap();
    let edge = Edge::default();
    let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(edge.clone()));
    store.reply(Reply::status(404));
    let id = uuid::Uuid::from_u128(7);
    let key = BlobKey { tenant: id.into(), kind: BlobKind::Attachment, id: id.into() };
    assert!(blobs.head(key).instrument(tracing::info_span!("request")).await.unwrap().is_none());
    assert_eq!(
        store.received()[0].headers["traceparent"],
        format!("00-{}-{}-01", "0a".repeat(16), "b7".repeat(8))
    );
    let calls = edge.calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    let host = store.url().replace("http://", "");
    assert!(
        calls[0].starts_with(&format!("WARN service=\"az.blob\" name=\"HEAD {host}\" target=\"{host}\"")),
        "{calls:?}"
    );
    assert!(calls[0].contains("status=404") && !calls[0].contains("s3cret"), "{calls:?}");
}
