//! How the binary begins and ends, as an orchestrator sees it: what is away is waited for, and a stop loses nothing.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::peers::{RedisServer, Relay};
use testkit::server::command;
use testkit::{Server, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
/// Longer than anything here takes unless it is broken.
const LIMIT: Duration = Duration::from_secs(60);
/// From the signal to the end of the process, whatever is in progress.
const STOP_MAX: Duration = Duration::from_secs(40);

/// Status and body; nothing where nobody answers.
async fn get(url: &str, path: &str) -> Option<(u16, String)> {
    let answer = reqwest::get(format!("{url}{path}")).await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.text().await.ok()?))
}

async fn status(url: &str, path: &str) -> Option<u16> {
    get(url, path).await.map(|(status, _)| status)
}

/// A SQL Server's string for a port of this machine.
fn sql_server(port: u16) -> String {
    format!(
        "Server=127.0.0.1,{port};Database=erp;User Id=sa;Password=Not-Asked-For-1;Encrypt=False;Connect Timeout=1"
    )
}

fn waiting(folder: &Path, database: &str, seconds: &str) -> Server {
    let settings = [("ConnectionStrings:DefaultConnection", database), ("Startup:TimeoutSeconds", seconds)];
    Server::spawn(Path::new(BINARY), folder, &settings)
}

/// A server that starts: alive, not ready, and too early for everything else.
async fn is_starting(server: &Server) {
    until("it lives", async || status(&server.url, "/health/live").await == Some(200)).await;
    assert_eq!(status(&server.url, "/health/ready").await, Some(503));
    assert_eq!(status(&server.url, "/health").await, Some(503));
    let request = reqwest::Client::new().get(format!("{}/api/v1/accounts", server.url));
    let early = request.header("Accept-Language", "ar").send().await.unwrap();
    let said = |name: &str| early.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (early.status().as_u16(), said("retry-after"), said("connection")),
        (503, "5".into(), "close".into())
    );
    let problem: Value = early.json().await.unwrap();
    assert!(
        problem["code"] == "starting" && problem["detail"].as_str().unwrap().contains("الخادم"),
        "{problem}"
    );
}

fn attempts(log: &str) -> Vec<u32> {
    let numbers = log.lines().filter_map(|line| {
        let (_, rest) = line.split_once("attempt ")?;
        rest.split_once(" failed")?.0.parse().ok()
    });
    numbers.collect()
}

/// Proves: D4, X21.
#[tokio::test]
async fn a_database_that_stays_away_is_waited_for_and_then_ends_the_start() {
    for speechless in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        // Somebody takes the connection and says nothing, or nobody is there.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let _silent = speechless.then_some(silent);
        // A client that is answered and says nothing is given up after some seconds.
        let seconds = if speechless { "10" } else { "4" };
        let mut server = waiting(folder.path(), &sql_server(port), seconds);
        is_starting(&server).await;
        assert_eq!(server.ended(LIMIT).await, 69, "{}", server.log());
        let log = server.log();
        let tried = attempts(&log);
        let expected: Vec<_> = (1..).take(tried.len()).collect();
        assert!(tried.len() >= 2 && tried == expected, "each attempt once: {log}");
        let reason = format!(
            "ConnectionStrings:DefaultConnection: away for {seconds} s (Startup:TimeoutSeconds). The last attempt: 127.0.0.1:{port}"
        );
        assert!(log.contains(&reason) && !log.contains("Not-Asked-For-1"), "{log}");
    }
}

/// Proves: C10.
#[tokio::test]
async fn a_stop_while_the_database_is_waited_for_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut server = waiting(folder.path(), &sql_server(port), "3600");
    is_starting(&server).await;
    server.terminate();
    assert_eq!(server.ended(LIMIT).await, 0, "{}", server.log());
    assert!(server.log().contains("Stopped before the start was complete"), "{}", server.log());
}

/// Proves: A7, B4, X51.
#[tokio::test]
async fn redis_may_come_later() {
    let folder = tempfile::tempdir().unwrap();
    let redis = RedisServer::start().await;
    let relay = Relay::to(redis.endpoint()).await;
    relay.go_away().await;
    let text = format!("127.0.0.1:{}", relay.port());
    let server =
        Server::start(Path::new(BINARY), folder.path(), &[EMPTY, ("ConnectionStrings:Redis", &text)]).await;
    let admin = server.admin_url();
    let state = async || {
        let (_, text) = get(&admin, "/health").await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["entries"]["redis"]["status"].clone()
    };
    assert_eq!(state().await, "Degraded");
    server.token().await;
    assert_eq!(server.log().matches("Redis cannot be reached").count(), 1, "{}", server.log());
    relay.heal().await;
    until("Redis is used", async || state().await == "Healthy").await;
    assert_eq!(server.stop(), 0);
}

/// A file of accounts whose last line is sent only when the test says so.
struct Upload(TcpStream);

impl Upload {
    async fn begin(server: &Server) -> Self {
        let token = server.token().await;
        let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
        let head = format!(
            "POST /api/v1/imports?type=accounts HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut upload = Self(socket);
        upload.send("code,name,type\n").await;
        upload
    }

    async fn send(&mut self, text: &str) {
        let chunk = format!("{:x}\r\n{text}\r\n", text.len());
        self.0.write_all(chunk.as_bytes()).await.unwrap();
    }

    async fn end(mut self) -> String {
        self.send("1000,Cash,asset\n").await;
        self.0.write_all(b"0\r\n\r\n").await.unwrap();
        let mut text = Vec::new();
        self.0.read_to_end(&mut text).await.unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// Proves: C10, E9, X39.
#[tokio::test]
async fn a_stop_finishes_what_is_in_progress() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let admin = server.admin_url();
    let mut upload = Upload::begin(&server).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.terminate();
    let began = Instant::now();
    let took = until("no longer ready", async || status(&admin, "/health/ready").await == Some(503)).await;
    eprintln!("not ready {} ms after the signal", took.as_millis());
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(status(&admin, "/health/live").await, Some(200));
    until("nobody new", async || status(&server.url, "/health/live").await.is_none()).await;
    // Eight seconds in all, which is less than a body may take.
    for code in 1..=7 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        upload.send(&format!("200{code},More,asset\n")).await;
    }
    let answer = upload.end().await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("connection: close"), "{answer}");
    assert_eq!(server.ended(STOP_MAX).await, 0, "{}", server.log());
    assert!(began.elapsed() < STOP_MAX, "{:?}", began.elapsed());
    let log = server.log();
    assert!(log.contains("Stopped") && !log.contains("did not finish"), "the last line is written: {log}");
    assert!(!folder.path().join("data/erp.db-wal").exists(), "the database is closed");
}

/// Proves: C10, X39.
#[tokio::test]
async fn requests_have_their_grace_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [EMPTY, ("Shutdown:GraceSeconds", "1")];
    let mut server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let _upload = Upload::begin(&server).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.terminate();
    assert_eq!(server.ended(Duration::from_secs(20)).await, 0, "{}", server.log());
    assert!(server.log().contains("did not finish within the grace period"), "{}", server.log());
}

/// Proves: C10.
#[tokio::test]
async fn a_second_signal_waits_for_nobody() {
    for settings in [&[EMPTY][..], &[EMPTY, ("Shutdown:DrainDelaySeconds", "300")]] {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(Path::new(BINARY), folder.path(), settings).await;
        let admin = server.admin_url();
        let _upload = Upload::begin(&server).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.terminate();
        until("no longer ready", async || status(&admin, "/health/ready").await == Some(503)).await;
        server.terminate();
        assert_eq!(server.ended(Duration::from_secs(20)).await, 0, "{}", server.log());
        let log = server.log();
        assert!(log.contains("A second signal") && log.contains("Stopped"), "{log}");
    }
}

#[tokio::test]
async fn a_stop_tells_event_streams_to_connect_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let token = server.token().await;
    let request = reqwest::Client::new().get(format!("{}/api/v1/events", server.url)).bearer_auth(&token);
    let mut stream = request.header("Accept", "text/event-stream").send().await.unwrap();
    let mut text = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(text.starts_with("retry: 1000\n\n"), "{text}");
    server.terminate();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(text.ends_with("\n\nevent: reconnect\nretry: 1000\ndata: {}\n\n"), "{text}");
    assert_eq!(server.ended(Duration::from_secs(20)).await, 0, "{}", server.log());
}

/// The first process of a container has no signal that it does not ask for: one without a handler would not even end it.
///
/// Proves: C10.
#[tokio::test]
async fn as_the_first_process_of_a_container_it_stops_as_anywhere() {
    let alone = |program: &str| {
        let mut command = command(Path::new("unshare"), Path::new("."));
        command.args(["--pid", "--fork", "--kill-child", program]);
        command
    };
    if !alone("true").status().is_ok_and(|status| status.success()) {
        return testkit::not_run("a namespace of processes cannot be made on this machine");
    }
    for starting in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = alone(BINARY);
        command.current_dir(folder.path()).env("HOME", folder.path());
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let database = sql_server(silent.local_addr().unwrap().port());
        let away = ("ConnectionStrings:DefaultConnection", &*database);
        let mut server = Server::launch(command, folder.path(), &[if starting { away } else { EMPTY }]);
        match starting {
            true => is_starting(&server).await,
            false => server.wait_until_ready().await,
        }
        let outer = server.process_id();
        let children = std::fs::read_to_string(format!("/proc/{outer}/task/{outer}/children")).unwrap();
        let inner = children.trim();
        let numbers = std::fs::read_to_string(format!("/proc/{inner}/status")).unwrap();
        let own = numbers.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap();
        assert_eq!(own.split_whitespace().last(), Some("1"), "{own}");
        let sent = Command::new("bash").args(["-c", "kill -TERM \"$0\"", inner]).status();
        assert!(sent.unwrap().success());
        assert_eq!(server.ended(STOP_MAX).await, 0, "{}", server.log());
    }
}
