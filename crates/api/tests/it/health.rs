//! Health of the real binary: what each listener shows whom, in which order, and what a dependency that goes away changes.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Server;
use testkit::peers::RedisServer;

use crate::health_schema::{Reader, check_health_report};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
const ALIVE: &str = r#"{"status":"Healthy","totalDuration":"00:00:00","entries":{}}"#;
/// Longer than a report is handed out again.
const FRESH: Duration = Duration::from_millis(2_100);
/// Longer than readiness may take to leave: two evaluations five seconds apart, and what a check takes.
const LEAVES: Duration = Duration::from_secs(20);

async fn start(folder: &Path, settings: &[(&str, &str)]) -> Server {
    let settings: Vec<_> = [EMPTY].iter().chain(settings).copied().collect();
    Server::start(Path::new(BINARY), folder, &settings).await
}

/// An answer.
struct Answer {
    status: u16,
    /// With every duration as zero.
    body: String,
    took: Duration,
}

async fn get(url: &str, credential: Option<(&str, &str)>) -> Answer {
    let mut request = reqwest::Client::new().get(url);
    if let Some((name, value)) = credential {
        request = request.header(name, value);
    }
    let began = Instant::now();
    let answer = request.send().await.unwrap();
    let (status, took) = (answer.status().as_u16(), began.elapsed());
    let body = answer.text().await.unwrap();
    // No form says more than the whole does.
    check_health_report(Reader::Operator, &body);
    Answer { status, body: timeless(&body), took }
}

/// Durations are the only thing that differs from one report to the next.
fn timeless(body: &str) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some(at) = rest.to_lowercase().find(r#"duration":""#) {
        let (before, value) = rest.split_at(at + r#"duration":""#.len());
        let end = value.find('"').unwrap();
        let digits = value[..end].replace(|c: char| c.is_ascii_digit(), "0");
        assert!(digits == "00:00:00" || digits == "00:00:00.0000000", "{body}");
        out.push_str(before);
        out.push_str("00:00:00");
        rest = &value[end..];
    }
    out + rest
}

const SQLITE: &str =
    r#""sqlite":{"data":{},"duration":"00:00:00","status":"Healthy","tags":["db","critical"]}"#;
const REDIS: &str = r#""redis":{"data":{},"duration":"00:00:00","status":"Healthy","tags":["cache"]}"#;
const BLOBS: &str =
    r#""blob-storage":{"data":{},"duration":"00:00:00","status":"Healthy","tags":["storage"]}"#;
const CUSTOM: &str = r#""custom-check":{"data":{},"description":"All systems operational","duration":"00:00:00","status":"Healthy","tags":[]}"#;

fn document(status: &str, entries: &[&str]) -> String {
    let entries = entries.join(",");
    format!(r#"{{"status":"{status}","totalDuration":"00:00:00","entries":{{{entries}}}}}"#)
}

/// Proves: I5, I7, X82, X83.
#[tokio::test]
async fn each_reader_sees_what_is_theirs_on_every_path() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let token = format!("Bearer {}", server.token().await);
    let (operator, admin) = (Some(("Authorization", token.as_str())), server.admin_url());
    let anybody = document("Healthy", &[]);
    // A cache in process has no entry: nothing of it can be away.
    let (all, critical) = (document("Healthy", &[SQLITE, BLOBS, CUSTOM]), document("Healthy", &[SQLITE]));
    for (path, operators) in [
        ("/health", &all),
        ("/api/v1/health", &all),
        ("/health/ready", &critical),
        ("/health/live", &anybody),
    ] {
        for (reader, url, credential, expected) in [
            (Reader::Anybody, &server.url, None, &anybody),
            (Reader::Anybody, &server.url, Some(("X-Api-Key", "erp_unknown")), &anybody),
            (Reader::Authorised, &server.url, operator, operators),
            (Reader::Operator, &admin, None, operators),
        ] {
            let answer = get(&format!("{url}{path}"), credential).await;
            assert_eq!((answer.status, &answer.body), (200, expected), "{url}{path} {credential:?}");
            check_health_report(reader, &answer.body);
        }
    }
    assert_eq!(server.stop(), 0);
}

/// I2: deleting the registration, its place or that it only degrades fails here.
/// Proves: E9, I2, I7, X37, X83.
#[tokio::test]
async fn a_redis_that_is_away_degrades_and_does_not_end_readiness() {
    let folder = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::start().await;
    let server = start(folder.path(), &[("ConnectionStrings:Redis", &redis.connection_string())]).await;
    let token = format!("Bearer {}", server.token().await);
    let (health, admin) = (format!("{}/health", server.url), format!("{}/health", server.admin_url()));
    let answer = get(&admin, None).await;
    assert_eq!((answer.status, answer.body), (200, document("Healthy", &[SQLITE, REDIS, BLOBS, CUSTOM])));
    redis.kill();
    tokio::time::sleep(FRESH).await;
    let full = get(&admin, None).await;
    let entries: Value = serde_json::from_str(&full.body).unwrap();
    let why = entries["entries"]["redis"]["exception"].as_str().unwrap().to_owned();
    assert!(why.to_lowercase().contains("connection refused"), "{why}");
    let down = |text: &str| {
        let redis = format!(
            r#""redis":{{"data":{{}},"description":"{text}","duration":"00:00:00","exception":"{text}","status":"Degraded","tags":["cache"]}}"#
        );
        document("Degraded", &[SQLITE, &redis, BLOBS, CUSTOM])
    };
    assert_eq!((full.status, full.body), (200, down(&why)), "the full text on the admin listener only");
    let redacted = get(&health, Some(("Authorization", &token))).await;
    check_health_report(Reader::Authorised, &redacted.body);
    assert_eq!((redacted.status, redacted.body), (200, down("Exception Occurred.")));
    let anonymous = get(&health, None).await;
    check_health_report(Reader::Anybody, &anonymous.body);
    assert_eq!((anonymous.status, anonymous.body), (200, document("Degraded", &[])));
    assert_eq!(get(&format!("{}/health/ready", server.url), None).await.status, 200);
}

/// E8: whatever is sent along, and whatever hangs.
/// Proves: E8, X16, X36.
#[tokio::test]
async fn liveness_touches_no_dependency() {
    let folder = tempfile::tempdir().unwrap();
    let redis = RedisServer::start().await;
    let server = start(folder.path(), &[("ConnectionStrings:Redis", &redis.connection_string())]).await;
    redis.stop();
    let data = folder.path().join("data");
    std::fs::rename(data.join("erp.db"), data.join("away.db")).unwrap();
    let live = format!("{}/health/live", server.url);
    let mut fastest = Duration::MAX;
    for n in 0..20 {
        let key = format!("erp_{n:032}");
        let bearer = format!("Bearer {key}");
        for credential in [None, Some(("X-Api-Key", key.as_str())), Some(("Authorization", bearer.as_str()))]
        {
            let answer = get(&live, credential).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ALIVE));
            fastest = fastest.min(answer.took);
        }
    }
    // The machine may be busy; a dependency that hangs would slow down every one of them.
    assert!(fastest < Duration::from_millis(50), "{fastest:?}");
    redis.resume();
}

/// I1 on the embedded engine: a file that was moved away is noticed although every connection still works, twice in a row
/// before readiness ends, and its return at once.
/// Proves: E9, I1, X37.
#[tokio::test]
async fn a_database_file_that_goes_away_ends_readiness_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let (file, away) = (folder.path().join("data/erp.db"), folder.path().join("data/away.db"));
    let (ready, admin) = (format!("{}/health/ready", server.url), server.admin_url());
    let until = async |status: u16| {
        let began = Instant::now();
        while get(&ready, None).await.status != status {
            assert!(began.elapsed() < LEAVES, "never {status}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        began.elapsed()
    };
    until(200).await;
    std::fs::rename(&file, &away).unwrap();
    let answer = get(&format!("{admin}/health"), None).await;
    let report: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answer.status, 503, "{report}");
    assert_eq!(report["entries"]["sqlite"]["status"], "Unhealthy", "{report}");
    assert!(
        report["entries"]["sqlite"]["exception"].as_str().unwrap().contains("the database file"),
        "{report}"
    );
    assert_eq!(report["entries"]["custom-check"]["status"], "Healthy", "{report}");
    assert_eq!(get(&ready, None).await.status, 200, "one failure is a blip");
    let left = until(503).await;
    assert!(left > Duration::from_secs(4), "two evaluations five seconds apart: {left:?}");
    std::fs::rename(&away, &file).unwrap();
    until(200).await;
    assert_eq!(server.stop(), 0);
}

/// I4: a certificate that operators name is watched from the file itself.
/// Proves: I4, X84.
#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_a_concern_and_readiness_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proxy.pem");
    std::fs::write(&file, "nothing").unwrap();
    let server = start(folder.path(), &[("Health:Certificates:0", file.to_str().unwrap())]).await;
    let answer = get(&format!("{}/health", server.admin_url()), None).await;
    let report: Value = serde_json::from_str(&answer.body).unwrap();
    let custom = &report["entries"]["custom-check"];
    assert_eq!((answer.status, custom["status"].as_str()), (200, Some("Degraded")), "{report}");
    assert_eq!(custom["description"], "One or more critical services are down", "{report}");
    let text = custom["data"]["certificate-expiry"].as_str().unwrap();
    assert!(text.ends_with("proxy.pem: holds no certificate"), "{report}");
    assert_eq!(get(&format!("{}/health/ready", server.url), None).await.status, 200);
}
