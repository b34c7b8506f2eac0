//! Ten thousand requests that no honest client sends, to every operation and past all of them. The seed is fixed: a failure
//! comes again.

mod made;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use erp_api::bootstrap::api_operations;
use serde_json::Value;
use testkit::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use self::made::{Dice, Maker};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const REQUESTS: usize = 10_000;
const CLIENTS: u64 = 8;
/// How long an answer may take before the test gives up on the server.
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// A client that waits for more than its half of a request leaves after this long.
const SILENCE: Duration = Duration::from_millis(30);
/// Requests after which the server has its full working set: memory is compared from here on.
const WARM: usize = REQUESTS / 4;
/// How much more memory may be held at the end than after the first quarter.
const GROWTH_MAX_KIB: u64 = 64 << 10;

/// The answer to one request.
#[derive(Debug, Clone)]
enum Came {
    Status(u16, String),
    /// The server closed the connection without an answer, or the client left first.
    Nothing,
}

/// Sends the bytes over a connection of its own and reads the first answer.
async fn send(address: &str, bytes: &[u8], leaves: bool) -> Came {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A server that has refused the rest may have closed already.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let wait = if leaves { SILENCE } else { ANSWER_MAX };
    let read = tokio::time::timeout(wait, async {
        let mut piece = [0; 8 << 10];
        while let Ok(count @ 1..) = socket.read(&mut piece).await {
            answer.extend_from_slice(&piece[..count]);
            if whole(&answer) || answer.len() > 1 << 20 {
                break;
            }
        }
    });
    let late = read.await.is_err();
    assert!(!late || leaves, "no answer to {}", String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]));
    let text = String::from_utf8_lossy(&answer);
    let status = text.strip_prefix("HTTP/1.1 ").or(text.strip_prefix("HTTP/1.0 "));
    match status.and_then(|rest| rest.get(..3)?.parse().ok()) {
        Some(status) => Came::Status(status, text.into_owned()),
        None => Came::Nothing,
    }
}

/// Whether the answer's head and as much of its body as the head says are there.
fn whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => body.len() >= length,
        // Streams have no length; their beginning is enough.
        None => {
            head.contains("transfer-encoding: chunked") && !body.is_empty()
                || head.contains(" 204")
                || head.contains(" 304")
        }
    }
}

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn open_files(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

/// The number of answers by status; 0 stands for no answer.
type Answers = BTreeMap<u16, usize>;

/// The state that the clients share.
struct Run {
    server: Server,
    maker: Maker,
    address: String,
    sent: AtomicUsize,
    /// Memory after the first quarter, in KiB.
    warm: OnceLock<u64>,
}

impl Run {
    /// Sends requests until there were enough of all clients together.
    async fn client(&self, client: u64) -> Answers {
        let mut dice = Dice::new(client);
        let (mut token, mut seen) = (self.server.token().await, Answers::new());
        loop {
            let number = self.sent.fetch_add(1, Ordering::Relaxed);
            if number >= REQUESTS {
                return seen;
            }
            if number == WARM {
                self.warm.set(resident_kib(self.server.process_id())).unwrap();
            }
            let request = self.maker.request(&mut dice, &token);
            let came = send(&self.address, &request.bytes, request.leaves).await;
            let Came::Status(status, text) = came else {
                *seen.entry(0).or_default() += 1;
                continue;
            };
            let told = text.contains("\"code\":\"overloaded\"");
            assert!(
                status < 500 || (status == 503 && told),
                "{text}\n\nto ({client}, {number}):\n{}",
                String::from_utf8_lossy(&request.bytes[..request.bytes.len().min(4_000)])
            );
            *seen.entry(status).or_default() += 1;
            if status == 401 && request.signed_in {
                // Among the requests are those that end sessions.
                token = self.server.token().await;
            }
        }
    }

    /// Afterwards everything is as it was: files, memory, and the books.
    async fn left_nothing(&self, files: usize) {
        let (process, began) = (self.server.process_id(), std::time::Instant::now());
        while open_files(process) > files + 8 {
            assert!(began.elapsed() < ANSWER_MAX, "{} files are open, {files} were", open_files(process));
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let (warm, end) = (*self.warm.get().unwrap(), resident_kib(process));
        eprintln!("resident: {warm} KiB after {WARM} requests, {end} KiB at the end");
        assert!(end < warm + GROWTH_MAX_KIB, "{warm} KiB after {WARM} requests, {end} KiB at the end");
        let token = self.server.token().await;
        let get = |path: &str| {
            let url = format!("{}/api/v1{path}", self.server.url);
            reqwest::Client::new().get(url).bearer_auth(&token).send()
        };
        assert_eq!(get("/accounts").await.unwrap().status(), 200);
        let checks: Value = get("/integrity/checks").await.unwrap().json().await.unwrap();
        assert_eq!(checks["ok"], true, "{checks}");
    }
}

/// No 5xx but those that say the server takes no more, no panic, no growth, and afterwards everything as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_bad_requests_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let rates = ["RatePerMinutePerAddress", "RatePerMinutePerTenant", "RatePerMinutePerUser"];
    let sign_ins = ["SignInsPerMinutePerAddress", "SignInsPerMinutePerAccount"];
    let limits: Vec<_> = rates.iter().chain(&sign_ins).map(|of| format!("Limits:{of}")).collect();
    let mut settings = vec![("Bootstrap:Template", "sa-standard")];
    settings.extend(limits.iter().map(|key| (key.as_str(), "0")));
    // Among the requests are wrong passwords; the administrator has to get in all the same.
    settings.push(("Auth:LockoutFailures", "100"));
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let files = open_files(server.process_id());
    let maker = Maker::new(&api_operations().openapi_in_full());
    assert!(maker.operations() > 150, "{}", maker.operations());
    let address = server.url.trim_start_matches("http://").to_owned();
    let run = Arc::new(Run { server, maker, address, sent: AtomicUsize::new(0), warm: OnceLock::new() });
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let run = run.clone();
            tokio::spawn(async move { run.client(client).await })
        })
        .collect();
    let mut seen = Answers::new();
    for client in clients {
        for (status, count) in client.await.unwrap() {
            *seen.entry(status).or_default() += count;
        }
    }
    eprintln!("answers by status (0: none): {seen:?}");
    // The requests sent are as different as they were meant to be.
    for status in [400, 401, 404, 405, 415, 422] {
        assert!(seen.get(&status).is_some_and(|count| *count >= 20), "hardly any {status}: {seen:?}");
    }
    assert!(seen[&200] > 100, "{seen:?}");
    let log = run.server.log();
    assert!(!log.contains("panicked") && !log.contains("FTL]") && !log.contains("ERR]"), "{}", errors(&log));
    run.left_nothing(files).await;
}

fn errors(log: &str) -> String {
    let bad = log
        .lines()
        .filter(|line| line.contains("ERR]") || line.contains("FTL]") || line.contains("panicked"));
    bad.take(20).collect::<Vec<_>>().join("\n")
}

/// One request on a connection is one answer: what stands behind an ambiguous length is never taken for a request.
#[tokio::test]
async fn a_request_of_two_lengths_is_refused_and_nothing_behind_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Path::new(BINARY), folder.path(), &[("Bootstrap:Template", "empty")]).await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let smuggled = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
    let length = smuggled.len();
    for head in [
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n".to_owned(),
        "Transfer-Encoding: identity, chunked, identity\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Content-Length: +5\r\n".to_owned(),
        "Content-Length: 5, 6\r\n".to_owned(),
        "Content-Length: 99999999999999999999999\r\n".to_owned(),
    ] {
        let mut socket = TcpStream::connect(&address).await.unwrap();
        let request = format!("POST /api/v1/auth/token HTTP/1.1\r\nHost: a\r\n{head}\r\n0\r\n\r\n{smuggled}");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answers = Vec::new();
        let _ = tokio::time::timeout(ANSWER_MAX, socket.read_to_end(&mut answers)).await.unwrap();
        let answers = String::from_utf8_lossy(&answers).into_owned();
        assert!(!answers.contains("Healthy"), "{head}: {answers}");
        assert!(
            answers.is_empty() || answers.starts_with("HTTP/1.1 400") || answers.starts_with("HTTP/1.1 4"),
            "{head}: {answers}"
        );
        assert!(answers.matches("HTTP/1.1 ").count() <= 1, "{head}: {answers}");
    }
}
