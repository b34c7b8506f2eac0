//! `/metrics`: where it is, that Prometheus can read it, and that it says what has happened.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use erp_api::metrics::defs::ALL;
use serde_json::json;
use testkit::Server;
use testkit::server::free_port;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
/// How long something may take to show.
const PATIENCE: Duration = Duration::from_secs(60);

async fn start(folder: &Path, settings: &[(&str, &str)]) -> Server {
    let settings: Vec<_> = [EMPTY].iter().chain(settings).copied().collect();
    Server::start(Path::new(BINARY), folder, &settings).await
}

async fn get(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Values by name and labels. Every line must be one the format knows.
fn parsed(text: &str) -> BTreeMap<String, f64> {
    let mut values = BTreeMap::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            assert!(comment.starts_with("HELP ") || comment.starts_with("TYPE "), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let earlier = values.insert(series.to_owned(), value.parse().unwrap());
        assert!(earlier.is_none(), "twice: {series}");
    }
    values
}

async fn scraped(server: &Server) -> BTreeMap<String, f64> {
    let (status, text) = get(&format!("{}/metrics", server.admin_url())).await;
    assert_eq!(status, 200);
    parsed(&text)
}

/// Proves: M4, X87.
#[tokio::test]
async fn metrics_are_on_the_admin_listener_alone_and_count_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    assert_eq!(get(&format!("{}/metrics", server.url)).await.0, 404);
    assert_eq!(get(&format!("{}/api/v1/metrics", server.url)).await.0, 404);

    let token = server.token().await;
    let client = reqwest::Client::new();
    for code in ["1000", "1010", "1000"] {
        let account = json!({ "code": code, "name": { "en": "Cash" }, "type": "asset" });
        client
            .post(format!("{}/api/v1/accounts", server.url))
            .bearer_auth(&token)
            .json(&account)
            .send()
            .await
            .unwrap();
    }
    for n in 0..50 {
        get(&format!("{}/{n}", server.url)).await;
        get(&format!("{}/health/live", server.url)).await;
        let path = format!("{}/api/v1/accounts/{}", server.url, uuid::Uuid::from_u128(n));
        client.get(path).bearer_auth(&token).send().await.unwrap();
    }
    let values = scraped(&server).await;
    let value =
        |series: &str| *values.get(series).unwrap_or_else(|| panic!("{series} is not in {values:#?}"));
    let of = |method: &str, route: &str, status: &str| {
        format!("http_server_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}")
    };
    assert_eq!(value(&of("POST", "/api/v1/accounts", "2xx")), 2.0);
    assert_eq!(value(&of("POST", "/api/v1/accounts", "4xx")), 1.0);
    assert_eq!(value(&of("GET", "/api/v1/accounts/{id}", "4xx")), 50.0);
    assert_eq!(value(&of("other", "other", "4xx")), 52.0, "what nobody serves is one series");
    assert!(values.keys().all(|series| !series.contains("health")), "probes do not count");
    let count = "http_server_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/accounts/{id}\"}";
    assert_eq!(value(count), 50.0);
    assert!(value("db_client_operation_duration_seconds_count{operation=\"write\"}") > 0.0);
    assert!(value("db_client_operation_duration_seconds_count{operation=\"read\"}") > 0.0);
    assert!(value("db_client_operation_failures_total") >= 0.0);
    assert_eq!(value("erp_concurrent_users"), 1.0);
    assert!(value("db_client_connections_limit") > 0.0 && value("process_threads") > 1.0);
    let ratio = value("erp_memory_usage_ratio");
    assert!(ratio > 0.0 && ratio < 1.0, "{ratio}");
    assert!(value("erp_log_events_total{level=\"Information\"}") > 0.0);
}

/// A metric that is described is read somewhere, and the other way round; the targets have values after some time.
/// Proves: X87.
#[tokio::test]
async fn every_metric_is_shown_and_the_targets_stand() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let token = server.token().await;
    let began = Instant::now();
    let of_redis = [
        "redis_up",
        "redis_errors_total",
        "redis_outages_total",
        "erp_outbox_lag_seconds",
        "erp_outbox_length",
    ];
    let of_telemetry = ["erp_telemetry_items_total", "erp_telemetry_waiting_bytes"];
    let of_servers = ["db_client_dials_total", "db_client_dials_failed_total"];
    // A test of backups has them.
    let of_backups = ALL.iter().map(|metric| metric.name).filter(|name| name.starts_with("erp_backup_"));
    let absent: BTreeSet<_> = of_redis
        .into_iter()
        .chain(of_backups)
        .chain(["erp_restore_drill_last_success_timestamp_seconds"])
        .chain(of_telemetry)
        .chain(of_servers)
        .chain(["erp_configuration_age_seconds"])
        .collect();
    loop {
        let url = format!("{}/api/v1/me", server.url);
        reqwest::Client::new().get(&url).bearer_auth(&token).send().await.unwrap();
        let (_, text) = get(&format!("{}/metrics", server.admin_url())).await;
        let shown: BTreeSet<_> =
            text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        let expected: BTreeSet<_> =
            ALL.iter().map(|metric| metric.name).filter(|name| !absent.contains(name)).collect();
        if shown == expected {
            break;
        }
        assert!(shown.is_subset(&expected), "{:?}", shown.difference(&expected));
        assert!(began.elapsed() < PATIENCE, "never shown: {:?}", expected.difference(&shown));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let values = scraped(&server).await;
    assert!(values["erp_response_time_p50_seconds"] > 0.0 && values["erp_requests_per_second"] > 0.0);
    // The readers of the embedded engine are lent, too.
    assert!(values["db_client_connection_wait_seconds_count"] > 0.0);
    assert!(values["erp_cpu_usage_ratio"] >= 0.0 && values["erp_database_query_time_p95_seconds"] > 0.0);
}

/// Prometheus's own tool finds nothing to say about it.
#[tokio::test]
async fn promtool_accepts_the_metrics() {
    if Command::new("promtool").arg("--version").output().is_err() {
        return testkit::not_run("promtool is not on this machine");
    }
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    server.token().await;
    let (_, text) = get(&format!("{}/metrics", server.admin_url())).await;
    let mut tool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = tool.wait_with_output().unwrap();
    let output =
        format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success() && output.trim().is_empty(), "{output}");
}

/// A running Prometheus scrapes the admin listener and answers questions about it.
#[tokio::test]
async fn prometheus_scrapes_the_server() {
    if Command::new("prometheus").arg("--version").output().is_err() {
        return testkit::not_run("prometheus is not on this machine");
    }
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    server.token().await;
    let admin = server.admin_url();
    let target = admin.strip_prefix("http://").unwrap();
    let config = folder.path().join("prometheus.yml");
    let text = format!(
        "global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: erp-api\n    static_configs: [{{ targets: ['{target}'] }}]\n"
    );
    std::fs::write(&config, text).unwrap();
    let port = free_port();
    let mut prometheus = Command::new("prometheus")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("tsdb").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let query = "histogram_quantile(0.95, sum by (le) (http_server_request_duration_seconds_bucket))";
    let url = format!("http://127.0.0.1:{port}/api/v1/query");
    let began = Instant::now();
    let value = loop {
        let asked = reqwest::Client::new().get(&url).query(&[("query", query)]).send().await;
        let answer: Option<serde_json::Value> = match asked {
            Ok(answer) => answer.json().await.ok(),
            Err(_) => None,
        };
        let value =
            answer.and_then(|answer| answer["data"]["result"][0]["value"][1].as_str()?.parse::<f64>().ok());
        if let Some(value) = value {
            break Some(value);
        }
        if began.elapsed() > PATIENCE {
            break None;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let _ = prometheus.kill();
    let _ = prometheus.wait();
    assert!(value.is_some_and(|value| value > 0.0 && value <= 10.0), "{value:?}");
}
