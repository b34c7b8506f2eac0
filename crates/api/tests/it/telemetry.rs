//! The telemetry that the real binary sends to Application Insights, a log server and a collector.

use std::path::Path;
use std::time::{Duration, Instant};

use erp_stubs::{Collector, Reply};
use serde_json::{Value, json};
use testkit::peers::RedisServer;
use testkit::{Server, until};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
/// Everything, so that each request can be looked for.
const ALL: (&str, &str) = ("Telemetry:TracesPerSecond", "10000");
const PATIENCE: Duration = Duration::from_secs(60);
const LONGER_THAN_A_BATCH_WAITS: Duration = Duration::from_secs(2);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

async fn start(folder: &Path, settings: &[(&str, &str)]) -> Server {
    let settings: Vec<_> = [EMPTY].iter().chain(settings).copied().collect();
    Server::start(Path::new(BINARY), folder, &settings).await
}

fn of_type(collector: &Collector, base: &str) -> Vec<Value> {
    collector.envelopes().into_iter().filter(|envelope| envelope["data"]["baseType"] == base).collect()
}

fn request_to(collector: &Collector, name: &str) -> Option<Value> {
    of_type(collector, "RequestData")
        .into_iter()
        .find(|envelope| envelope["data"]["baseData"]["name"] == name)
}

/// H3: the statements of the request, by name, without a value.
async fn statements_belong_to_it(collector: &Collector, envelope: &Value) {
    let operation = &envelope["tags"]["ai.operation.id"];
    until("the statements", async || {
        of_type(collector, "RemoteDependencyData").iter().any(|one| {
            let name = one["data"]["baseData"]["name"].as_str().unwrap();
            &one["tags"]["ai.operation.id"] == operation && name.contains("account.")
        })
    })
    .await;
    let statements: Vec<_> = of_type(collector, "RemoteDependencyData")
        .into_iter()
        .filter(|one| &one["tags"]["ai.operation.id"] == operation)
        .collect();
    for statement in &statements {
        let data = &statement["data"]["baseData"];
        assert_eq!((&data["type"], &data["target"]), (&json!("SQL"), &json!("sqlite | erp.db")), "{data}");
        assert_eq!(statement["tags"]["ai.operation.parentId"], envelope["data"]["baseData"]["id"]);
        assert!(!data["data"].as_str().unwrap().contains("Cash"), "{data}");
    }
}

/// Probes are not exported, and the line of a request is no message beside it; that the server started is one.
async fn messages_are_no_requests(collector: &Collector) {
    let names: Vec<_> = of_type(collector, "RequestData")
        .iter()
        .map(|one| one["data"]["baseData"]["name"].to_string())
        .collect();
    assert!(names.iter().all(|name| !name.contains("health")), "H5: {names:?}");
    until("a message", async || {
        of_type(collector, "MessageData")
            .iter()
            .any(|one| one["data"]["baseData"]["message"].as_str().unwrap().contains("listening"))
    })
    .await;
    assert!(
        of_type(collector, "MessageData")
            .iter()
            .all(|one| !one["data"]["baseData"]["message"].as_str().unwrap().starts_with("HTTP "))
    );
}

/// Proves: H3, H4, H5, H6, H7, H9, X77, X79, X80.
#[tokio::test(flavor = "multi_thread")]
async fn requests_with_what_belongs_to_them_reach_application_insights() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await.unwrap());
    let insights = collector.insights();
    let server = start(folder.path(), &[("ApplicationInsights:ConnectionString", &insights), ALL]).await;
    let token = server.token().await;
    let client = reqwest::Client::new();
    let accounts = format!("{}/api/v1/accounts", server.url);
    let account = json!({ "code": "1000", "name": { "en": "Cash" }, "type": "asset" });
    let made = client.post(&accounts).bearer_auth(&token).json(&account).send().await.unwrap();
    let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let traced = client
        .get(format!("{accounts}/{id}?secret=hidden"))
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .bearer_auth(&token);
    traced.send().await.unwrap();
    client.get(format!("{}/health", server.url)).send().await.unwrap();
    let me: Value = client
        .get(format!("{}/api/v1/me", server.url))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    until("the requests", async || request_to(&collector, "GET /api/v1/me").is_some()).await;

    let envelope = request_to(&collector, "POST /api/v1/accounts").unwrap();
    let (tags, data) = (&envelope["tags"], &envelope["data"]["baseData"]);
    assert_eq!(
        (&data["responseCode"], &data["success"], &data["url"]),
        (&json!("201"), &json!(true), &json!(accounts))
    );
    assert_eq!((&envelope["sampleRate"], &tags["ai.cloud.role"]), (&json!(100.0), &json!("ERP-API")));
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert_eq!(tags["ai.cloud.roleInstance"], machine.trim(), "H6");
    assert_eq!(tags["ai.application.ver"], data["properties"]["Version"]);
    let user = me["user"]["id"].as_str().or(me["id"].as_str()).unwrap();
    assert_eq!((&data["properties"]["UserId"], &tags["ai.user.authUserId"]), (&json!(user), &json!(user)));
    assert_eq!(data["properties"]["Environment"], "Development");
    assert!(data["properties"]["TenantId"].as_str().is_some_and(|id| id.len() == 36), "{data}");
    assert!(
        data["properties"]["Version"].as_str().unwrap().starts_with(concat!(env!("CARGO_PKG_VERSION"), "+"))
    );

    // H9: the caller's trace goes on, and the query is nobody's business.
    let read = of_type(&collector, "RequestData")
        .into_iter()
        .find(|one| one["tags"]["ai.operation.id"] == TRACE)
        .unwrap();
    assert_eq!(read["tags"]["ai.operation.parentId"], PARENT);
    assert_eq!(read["data"]["baseData"]["url"], format!("{accounts}/{id}"));
    assert_eq!(read["data"]["baseData"]["name"], "GET /api/v1/accounts/{id}");

    statements_belong_to_it(&collector, &envelope).await;
    messages_are_no_requests(&collector).await;
    assert!(server.log().contains("Telemetry goes to application-insights"), "{}", server.log());
    assert_eq!(server.stop(), 0);
    // H4: the process's own numbers, at the end at the latest.
    let numbers = of_type(&collector, "MetricData");
    for name in [
        "process.memory.usage",
        "process.thread.count",
        "process.unix.file_descriptor.count",
        "process.cpu.time",
    ] {
        assert!(numbers.iter().any(|one| one["data"]["baseData"]["metrics"][0]["name"] == name), "{name}");
    }
}

/// Proves: H3.
#[tokio::test(flavor = "multi_thread")]
async fn calls_of_redis_belong_to_their_request_too() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await.unwrap());
    let (insights, redis) = (collector.insights(), RedisServer::start().await);
    let text = redis.connection_string();
    let settings = [
        ("ApplicationInsights:ConnectionString", insights.as_str()),
        ("ConnectionStrings:Redis", text.as_str()),
        ALL,
    ];
    let server = start(folder.path(), &settings).await;
    let token = server.token().await;
    let belongs = || {
        let requests = of_type(&collector, "RequestData");
        let calls = of_type(&collector, "RemoteDependencyData");
        calls.iter().filter(|one| one["data"]["baseData"]["type"] == "Redis").any(|call| {
            let data = &call["data"]["baseData"];
            // A key would name the tenant.
            assert!(
                data["target"] == "127.0.0.1 | 0" && !data["data"].as_str().unwrap().contains(':'),
                "{call}"
            );
            let parent = &call["tags"]["ai.operation.parentId"];
            let request = requests.iter().find(|one| &one["data"]["baseData"]["id"] == parent);
            request.is_some_and(|one| one["data"]["baseData"]["name"] == "GET /api/v1/accounts")
        })
    };
    let (client, began) = (reqwest::Client::new(), Instant::now());
    for limit in 1..=500 {
        // Each is a list that nobody has asked for yet.
        let list = format!("{}/api/v1/accounts?limit={limit}", server.url);
        client.get(list).bearer_auth(&token).send().await.unwrap();
        if belongs() {
            break;
        }
        assert!(began.elapsed() < PATIENCE && limit < 500, "no call of Redis below a request");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.stop(), 0);
}

/// H2: of many successes a few are sent, of failures all.
/// Proves: H2, X80.
#[tokio::test(flavor = "multi_thread")]
async fn failures_are_sent_where_successes_are_not() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await.unwrap());
    let insights = collector.insights();
    let none = ("Telemetry:TracesPerSecond", "0");
    let server = start(folder.path(), &[("ApplicationInsights:ConnectionString", &insights), none]).await;
    let token = server.token().await;
    // The first second has all.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let client = reqwest::Client::new();
    for _ in 0..30 {
        client.get(format!("{}/api/v1/me", server.url)).bearer_auth(&token).send().await.unwrap();
        client.get(format!("{}/api/v1/accounts", server.url)).send().await.unwrap();
    }
    let refused = |collector: &Collector| {
        let all = of_type(collector, "RequestData");
        all.into_iter().filter(|one| one["data"]["baseData"]["responseCode"] == "401").count()
    };
    until("every failure", async || refused(&collector) == 30).await;
    assert!(
        of_type(&collector, "RequestData")
            .iter()
            .all(|one| one["data"]["baseData"]["name"] != "GET /api/v1/me")
    );
    let failed = of_type(&collector, "RequestData")
        .into_iter()
        .find(|one| one["data"]["baseData"]["responseCode"] == "401")
        .unwrap();
    assert_eq!(
        (&failed["sampleRate"], &failed["data"]["baseData"]["properties"]["Problem"]),
        (&json!(100.0), &json!("unauthenticated"))
    );
    assert_eq!(server.stop(), 0);
}

/// Proves: H9, J8, X23.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_server_and_a_collector_are_sent_what_they_take() {
    let (folder, seq, otlp) =
        (tempfile::tempdir().unwrap(), Collector::start().await.unwrap(), Collector::start().await.unwrap());
    let settings = [
        ("Seq:ServerUrl", seq.url()),
        ("Seq:ApiKey", "seq-key".to_owned()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.url()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=otlp%20key".to_owned()),
        (ALL.0, ALL.1.to_owned()),
    ];
    let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let server = start(folder.path(), &settings).await;
    let token = server.token().await;
    let me = reqwest::Client::new().get(format!("{}/api/v1/me", server.url)).bearer_auth(&token);
    me.header("traceparent", format!("00-{TRACE}-{PARENT}-01")).send().await.unwrap();
    let trace: Vec<u8> =
        (0..16).map(|at| u8::from_str_radix(&TRACE[at * 2..at * 2 + 2], 16).unwrap()).collect();
    for collector in [&seq, &otlp] {
        until("the span", async || {
            collector.spans().iter().any(|span| span.trace_id == trace && span.kind == 2)
        })
        .await;
        until("the line", async || collector.logs().iter().any(|log| log.trace_id == trace)).await;
        let spans = collector.spans();
        let server_span = spans.iter().find(|span| span.trace_id == trace && span.kind == 2).unwrap();
        assert_eq!((server_span.name.as_str(), server_span.parent_span_id.len()), ("GET /api/v1/me", 8));
        let below = spans.iter().filter(|span| span.parent_span_id == server_span.span_id);
        assert!(below.clone().all(|span| span.trace_id == trace && span.kind == 3));
    }
    let paths = |collector: &Collector| {
        let mut paths: Vec<_> = collector.received().into_iter().map(|received| received.path).collect();
        paths.sort();
        paths.dedup();
        paths
    };
    assert_eq!(paths(&seq), ["/ingest/otlp/v1/logs", "/ingest/otlp/v1/traces"]);
    assert_eq!(seq.received()[0].headers["x-seq-apikey"], "seq-key");
    assert_eq!(otlp.received()[0].headers["x-key"], "otlp key");
    assert!(!server.log().contains("seq-key") && !server.log().contains("otlp key"));
    assert_eq!(server.stop(), 0);
    assert_eq!(paths(&otlp), ["/v1/logs", "/v1/metrics", "/v1/traces"]);
    let names: Vec<_> = otlp.metrics().into_iter().map(|metric| metric.name).collect();
    for name in ["http_server_request_duration_seconds", "process.cpu.time", "erp.concurrent_users"] {
        assert!(names.iter().any(|own| own == name), "{name}: {names:?}");
    }
}

/// A changed setting counts while the server runs (0.2: exporter rebuilt).
/// Proves: H1.
#[tokio::test(flavor = "multi_thread")]
async fn another_destination_counts_without_a_restart() {
    let (folder, first, second) =
        (tempfile::tempdir().unwrap(), Collector::start().await.unwrap(), Collector::start().await.unwrap());
    let configure = |insights: &str| {
        let text = json!({ "ApplicationInsights": { "ConnectionString": insights }, "Telemetry": { "TracesPerSecond": 10000 } });
        std::fs::write(folder.path().join("appsettings.json"), text.to_string()).unwrap();
    };
    configure(&first.insights());
    let server = start(folder.path(), &[]).await;
    // Requests go where the settings say; without requests there is only a line a minute.
    let asked_at = async |collector: &Collector| {
        reqwest::get(format!("{}/api/v1/accounts", server.url)).await.unwrap();
        request_to(collector, "GET /api/v1/accounts").is_some()
    };
    until("the first", async || asked_at(&first).await).await;
    assert!(second.envelopes().is_empty());
    configure(&second.insights());
    until("the second", async || asked_at(&second).await).await;
    configure("off");
    until("nowhere", async || server.log().contains("Telemetry goes nowhere from now on")).await;
    reqwest::get(format!("{}/api/v1/journals", server.url)).await.unwrap();
    tokio::time::sleep(LONGER_THAN_A_BATCH_WAITS).await;
    for collector in [&first, &second] {
        assert!(request_to(collector, "GET /api/v1/journals").is_none());
    }
    assert_eq!(server.stop(), 0);
}

/// A collector that never answers holds up neither requests nor the end.
/// Proves: H8.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_collector_is_nobodys_concern() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await.unwrap());
    collector.always(Some(Reply { after: Duration::from_secs(600), ..Reply::status(200) }));
    let insights = collector.insights();
    let server = start(folder.path(), &[("ApplicationInsights:ConnectionString", &insights), ALL]).await;
    let token = server.token().await;
    for _ in 0..200 {
        let answer = reqwest::Client::new()
            .get(format!("{}/api/v1/me", server.url))
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
    let began = Instant::now();
    assert_eq!(server.stop(), 0);
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

/// Proves: H7, X79.
#[tokio::test(flavor = "multi_thread")]
async fn ids_of_users_can_stay_at_home() {
    for (choice, sent) in [("Hashed", true), ("Off", false)] {
        let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await.unwrap());
        let insights = collector.insights();
        let settings =
            [("ApplicationInsights:ConnectionString", insights.as_str()), ALL, ("Telemetry:UserIds", choice)];
        let server = start(folder.path(), &settings).await;
        let token = server.token().await;
        reqwest::Client::new()
            .get(format!("{}/api/v1/me", server.url))
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        until("the request", async || request_to(&collector, "GET /api/v1/me").is_some()).await;
        let envelope = request_to(&collector, "GET /api/v1/me").unwrap();
        let user = envelope["data"]["baseData"]["properties"]["UserId"].as_str();
        assert_eq!(user.map(str::len), sent.then_some(32), "{choice}: {envelope}");
        assert_eq!(envelope["tags"].get("ai.user.authUserId").is_some(), sent);
        assert_eq!(server.stop(), 0);
    }
}
