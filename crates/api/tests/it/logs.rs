//! Logs of the real process: where they are, what they say, and what happens to them when it ends.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::time::Timestamp;
use domain::time_zone::TimeZone;
use erp_api::telemetry::{Enrichers, Format, Level, LevelRules, Logs, Outputs, Rolling, panics};
use serde_json::{Value, json};
use testkit::Server;
use testkit::server::{command, free_port};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
/// Tells the test that stands in for a process where to log.
const CRASHING: &str = "CRASHING_LOGS";

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder.join("logs")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Every file, the oldest first.
fn text(folder: &Path) -> String {
    let read = |name: &String| fs::read_to_string(folder.join("logs").join(name)).unwrap();
    files(folder).iter().map(read).collect()
}

async fn get(url: &str, path: &str, token: &str) -> reqwest::Response {
    reqwest::Client::new().get(format!("{url}{path}")).bearer_auth(token).send().await.unwrap()
}

/// Proves: J6, X86.
#[tokio::test]
async fn a_day_of_the_place_is_a_file_and_the_last_line_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty"), ("TZ", "Asia/Riyadh")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = server.token().await;
    get(&server.url, "/api/v1/accounts", &token).await;
    assert_eq!(server.stop(), 0);

    let modified = fs::metadata(folder.path().join("data")).unwrap().modified().unwrap();
    let micros = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    let now = Timestamp::from_micros(i64::try_from(micros).unwrap());
    let day = TimeZone::parse("Asia/Riyadh").unwrap().day_of(now).format("%Y%m%d");
    let expected = format!("erp-{day}.log");
    assert!(files(folder.path()).contains(&expected), "{expected}: {:?}", files(folder.path()));
    let file = text(folder.path());
    for line in file.lines() {
        let (time, rest) = line.split_at(31);
        assert!(rest.starts_with('[') && &rest[4..6] == "] ", "{line}");
        assert!(time.ends_with(" +03:00 ") && time.as_bytes()[19] == b'.', "{line}");
        assert!(!line.contains("MachineName"), "the message stands alone: {line}");
    }
    assert!(file.contains("[INF] HTTP GET /api/v1/accounts responded 200 in "), "{file}");
    assert!(!file.contains("/health/"), "probes are not worth a line: {file}");
    assert!(file.ends_with("[INF] Stopped\n"), "{file}");
    let console = fs::read_to_string(folder.path().join("server.log")).unwrap();
    let last = console.lines().last().unwrap();
    assert!(last.contains(" INF] Stopped {\"MachineName\":"), "{last}");
    // Both show the same hour.
    let hour = &file.lines().last().unwrap()[11..13];
    assert!(last.starts_with(&format!("[{hour}:")), "{last}");
}

/// Proves: J2, J3.
#[tokio::test]
async fn lines_name_the_machine_and_whose_request_they_are_about() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("Bootstrap:Template", "empty"),
        ("Logging:ConsoleFormat", "Json"),
        ("Logging:File:Format", "Json"),
        ("Logging:File:Path", "logs/other.json"),
        ("Serilog:MinimumLevel:Default", "Debug"),
        ("HOSTNAME", "somewhere-else"),
    ];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = server.token().await;
    let operation = |path: &str| json!({ "method": "GET", "path": path });
    let body = json!({ "items": [operation("/api/v1/accounts"), operation("/api/v1/journals"), operation("/nowhere")] });
    let batch = reqwest::Client::new().post(format!("{}/api/v1/batch", server.url));
    let batch = batch.bearer_auth(&token).json(&body).send().await.unwrap();
    let id = batch.headers()["x-request-id"].to_str().unwrap().to_owned();
    let refused: Value = batch.json().await.unwrap();
    let trace = refused["results"][2]["body"]["traceId"].clone();

    let console = server.log();
    let events: Vec<Value> = console.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert!(events.iter().all(|event| event["MachineName"] == machine.trim()), "{console}");
    let of_batch: Vec<_> = events.iter().filter(|event| event["RequestId"] == id.as_str()).collect();
    let summed_up = |route: &str| {
        let mut found = of_batch
            .iter()
            .filter(|event| event["Route"] == route && event["SourceContext"] == "erp::request");
        let event = found.next().unwrap_or_else(|| panic!("{route}: {console}"));
        assert!(found.next().is_none(), "{route}: one line a request");
        *event
    };
    let whole = summed_up("/api/v1/batch");
    assert_eq!((&whole["@l"], &whole["StatusCode"]), (&Value::Null, &json!(200)));
    assert_eq!(whole["@tr"], trace, "the problem of an operation names the trace of the batch");
    for route in ["/api/v1/accounts", "/api/v1/journals"] {
        let part = summed_up(route);
        assert_eq!((&part["@l"], &part["@tr"]), (&json!("Debug"), &trace));
        assert_eq!(part["ParentId"], whole["@sp"]);
        assert_ne!(part["@sp"], whole["@sp"]);
        assert!(part["TenantId"].is_string() && part["UserId"].is_string(), "{part}");
    }
    let file = text(folder.path());
    assert!(files(folder.path()).iter().all(|name| name.starts_with("other") && name.ends_with(".json")));
    assert!(
        file.lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok_and(|event| event["@t"].is_string()))
    );
}

/// Proves: C4, J6, X14.
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_one_warning_and_files_can_be_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("logs"), "in the way").unwrap();
    let settings = [("Bootstrap:Template", "empty")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    server.token().await;
    let log = server.log();
    assert_eq!(log.matches("cannot be written").count(), 1, "{log}");
    assert!(
        log.contains(" WRN] The log file logs/erp-.log cannot be written, so logs go to the console alone: "),
        "{log}"
    );
    assert!(log.contains("HTTP POST /api/v1/auth/token responded 200"), "{log}");
    assert_eq!(server.stop(), 0);

    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty"), ("Logging:File:Enabled", "false")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    assert!(!folder.path().join("logs").exists());
    assert!(!server.log().contains("erp::logging"), "{}", server.log());
}

/// Proves: J7, X85.
#[tokio::test]
async fn files_are_rolled_by_size_and_only_so_many_stay() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("Bootstrap:Template", "empty"),
        ("Logging:File:BytesMax", "1024"),
        ("Logging:File:FilesMax", "3"),
        ("TZ", "UTC"),
    ];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = server.token().await;
    for _ in 0..100 {
        get(&server.url, "/api/v1/me", &token).await;
    }
    assert_eq!(server.stop(), 0);
    let names = files(folder.path());
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| name.contains('_')), "{names:?}");
    assert!(text(folder.path()).ends_with("[INF] Stopped\n"));
}

/// Proves: B1.
#[test]
fn a_start_that_fails_has_said_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), "a file in the way").unwrap();
    let output = command(Path::new(BINARY), folder.path())
        .args(["serve", "--Urls", "http://127.0.0.1:0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Running in Development"));
    assert!(text(folder.path()).contains("[INF] Running in Development\n"));
}

/// A pipe that nobody reads takes 64 KiB and no more.
#[tokio::test]
async fn a_console_that_is_stuck_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://127.0.0.1:{}", free_port());
    let mut process = command(Path::new(BINARY), folder.path());
    process.env("ASPNETCORE_URLS", &url).env("Bootstrap__Template", "empty");
    let mut process = process.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    let client = reqwest::Client::new();
    while !client.get(format!("{url}/health/ready")).send().await.is_ok_and(|answer| answer.status() == 200) {
        assert!(began.elapsed() < Duration::from_secs(180));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for _ in 0..600 {
        let answer = client.get(format!("{url}/api/v1/me")).send().await.unwrap();
        assert_eq!(answer.status(), 401);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let file = text(folder.path());
    assert_eq!(file.matches("HTTP GET /api/v1/me responded 401").count(), 600);
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Stands in for a process that ends without a word more; started by the test below.
#[tokio::test]
async fn a_process_that_crashes() {
    let Some(path) = std::env::var_os(CRASHING) else { return };
    struct Worse;
    impl Drop for Worse {
        fn drop(&mut self) {
            panic!("and worse");
        }
    }
    let rolling = Rolling { path: PathBuf::from(path), bytes_max: 1 << 30, files_max: 3 };
    let outputs = Outputs { console: Format::Text, file: Some((Format::Text, rolling)) };
    let time = Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap());
    let levels = LevelRules::new(Level::Information, []);
    let logs = Logs::start(levels, outputs, Enrichers::default(), time, None).unwrap();
    panics::log(logs);
    for number in 0..1_000 {
        tracing::info!(number, "Line {{number}}");
    }
    let caught = panics::caught(async { panic!("of a request") }).await.map(|()| String::new());
    tracing::info!(text = caught.unwrap_or_else(|text| text), "Caught {{text}}");
    let _worse = Worse;
    panic!("bad");
}

#[test]
fn a_crash_leaves_its_last_lines_and_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "logs::a_process_that_crashes", "--nocapture"])
        .env(CRASHING, folder.path().join("logs/erp-.log"))
        .envs([("TZ", "UTC"), ("RUST_BACKTRACE", "1")])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let file = text(folder.path());
    assert!(file.contains("[INF] Line 999\n"), "{file}");
    let bad = file.find(" panicked\nbad, at ").unwrap_or_else(|| panic!("{file}"));
    let worse = file.find(" panicked\nand worse, at ").unwrap_or_else(|| panic!("{file}"));
    assert!(bad < worse && file[bad..worse].contains("a_process_that_crashes"), "with its stack: {file}");
    assert!(file.contains("[INF] Caught of a request, at ") && file.contains("logs.rs:"), "{file}");
    assert_eq!(file.matches("of a request").count(), 1, "whoever catches it says it: {file}");
}
