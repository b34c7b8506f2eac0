//! Connections as clients and attackers open them: how long they may keep the server waiting, and how many there may be.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use testkit::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
/// Longer than anything here may take; a test that waits so long has failed.
const FOR_EVER: Duration = Duration::from_secs(60);
const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

pub async fn server(folder: &Path, settings: &[(&str, &str)]) -> Server {
    let settings: Vec<_> = [("Bootstrap:Template", "empty")].iter().chain(settings).copied().collect();
    Server::start(Path::new(BINARY), folder, &settings).await
}

/// A socket that has sent `text`.
pub async fn socket(server: &Server, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// Everything that comes until the server closes the connection; fails when it never does.
async fn rest(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset is closed, too.
    let _ = tokio::time::timeout(FOR_EVER, socket.read_to_end(&mut bytes)).await.expect("it is never closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer's head and body, as far as one read brings them; empty when the connection is closed.
async fn answer(socket: &mut TcpStream) -> String {
    let mut bytes = vec![0; 16 << 10];
    let read = tokio::time::timeout(FOR_EVER, socket.read(&mut bytes)).await.expect("no answer");
    bytes.truncate(read.unwrap_or(0));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A request whose answer stays open.
fn events_of(token: &str) -> String {
    format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
}

/// A connection that was answered once and is kept open.
async fn kept_open(server: &Server) -> TcpStream {
    let mut socket = socket(server, LIVE).await;
    assert!(answer(&mut socket).await.starts_with("HTTP/1.1 200"));
    socket
}

/// With two places the third connection takes that of an idle one; with eight it does not.
pub async fn count(key: &str) {
    for (places, stays) in [("2", false), ("8", true)] {
        let folder = tempfile::tempdir().unwrap();
        let server = server(folder.path(), &[(key, places)]).await;
        let mut first = kept_open(&server).await;
        let (second, _third) = (kept_open(&server).await, kept_open(&server).await);
        if stays {
            first.write_all(LIVE.as_bytes()).await.unwrap();
            assert!(answer(&mut first).await.starts_with("HTTP/1.1 200"), "{places} places");
        } else {
            // The first has been idle for longer, unless the server was slow to notice.
            let said = tokio::select! { said = rest(first) => said, said = rest(second) => said };
            assert_eq!(said, "", "{places} places");
        }
    }
}

/// Half a head is given up after the seconds that are configured.
pub async fn half_a_head(key: &str) {
    let half = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Half";
    first_is_closed(key, async |server: &Server| socket(server, half).await).await;
}

/// So is a connection that was answered and asks nothing more.
pub async fn idle(key: &str) {
    first_is_closed(key, kept_open).await;
}

/// Two servers: one waits a second and the other ten minutes. The one that waits longer was asked first: when the
/// other closes its connection, this one is open.
async fn first_is_closed(key: &str, open: impl AsyncFn(&Server) -> TcpStream) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let patient = server(folders[0].path(), &[(key, "600")]).await;
    let hasty = server(folders[1].path(), &[(key, "1")]).await;
    let waits = open(&patient).await;
    let said = rest(open(&hasty).await).await;
    assert!(!said.contains("200 OK"), "{said}");
    let closed = waits.try_read(&mut [0; 1]).is_ok();
    assert!(!closed, "{key}: both were closed");
}

#[tokio::test]
async fn silent_half_open_and_idle_connections_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Limits:HeaderTimeoutSeconds", "1"), ("Limits:KeepAliveSeconds", "1")];
    let server = server(folder.path(), &settings).await;
    let silent = socket(&server, "").await;
    let half_line = socket(&server, "GET /hea").await;
    let half_head = socket(&server, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Half").await;
    let idle = kept_open(&server).await;
    let mut half_of_the_second = kept_open(&server).await;
    half_of_the_second.write_all(b"GET /health").await.unwrap();
    let mut half_closed = socket(&server, "").await;
    half_closed.shutdown().await.unwrap();
    for (name, socket) in [
        ("silent", silent),
        ("half a line", half_line),
        ("half a head", half_head),
        ("idle", idle),
        ("half a second request", half_of_the_second),
        ("half closed", half_closed),
    ] {
        let said = rest(socket).await;
        assert!(!said.contains("200 OK"), "{name}: {said}");
    }
}

#[tokio::test]
async fn a_head_that_dribbles_is_cut_off_and_a_long_answer_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Limits:HeaderTimeoutSeconds", "1"), ("Limits:KeepAliveSeconds", "1")];
    let server = server(folder.path(), &settings).await;
    let token = server.token().await;
    let request = events_of(&token);
    let mut events = socket(&server, &request).await;
    assert!(answer(&mut events).await.starts_with("HTTP/1.1 200"));

    let dribbling = socket(&server, "GET /health/live HTTP/1.1\r\n").await;
    let (read, mut write) = dribbling.into_split();
    let dribble = tokio::spawn(async move {
        while write.write_all(b"X-Slow: 1\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut read = read;
    let mut said = Vec::new();
    let _ = tokio::time::timeout(FOR_EVER, read.read_to_end(&mut said)).await.expect("it dribbles for ever");
    dribble.abort();
    assert!(!String::from_utf8_lossy(&said).contains("200 OK"));

    // Longer than either limit, the stream of events is still there: closing it is the client's business.
    let (mut bytes, until) = ([0; 4_096], tokio::time::Instant::now() + Duration::from_secs(3));
    while let Ok(read) = tokio::time::timeout_at(until, events.read(&mut bytes)).await {
        assert!(read.is_ok_and(|count| count > 0), "the stream was closed");
    }
}

#[tokio::test]
async fn an_idle_connection_gives_its_place_to_a_new_one_and_a_busy_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[("Limits:Connections", "8")]).await;
    let token = server.token().await;
    let mut idle = Vec::new();
    for _ in 0..40 {
        idle.push(kept_open(&server).await);
    }
    // The first of them have made room.
    assert_eq!(rest(idle.remove(0)).await, "");
    let mut newest = idle.pop().unwrap();
    newest.write_all(LIVE.as_bytes()).await.unwrap();
    assert!(answer(&mut newest).await.starts_with("HTTP/1.1 200"), "the newest is still open");
    drop((idle, newest));

    let request = events_of(&token);
    let mut busy = Vec::new();
    for _ in 0..8 {
        // The server hears that the idle ones are closed when it comes to it.
        let mut tries = 0;
        busy.push(loop {
            let mut stream = socket(&server, &request).await;
            if answer(&mut stream).await.starts_with("HTTP/1.1 200") {
                break stream;
            }
            tries += 1;
            assert!(tries < 50, "the places of closed connections are never given away");
        });
    }
    let refused = rest(socket(&server, LIVE).await).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("overloaded"), "{refused}");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert!(server.log().contains("All connections are in use"), "{}", server.log());
    busy.pop();
    let mut tries = 0;
    while !answer(&mut socket(&server, LIVE).await).await.starts_with("HTTP/1.1 200") {
        tries += 1;
        assert!(tries < 50, "the place that became free is never given away");
    }
}

#[tokio::test]
async fn few_files_leave_room_for_whoever_comes() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty")];
    let server = Server::start_after("ulimit -n 64", Path::new(BINARY), folder.path(), &settings).await;
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(socket(&server, "").await);
    }
    // Each of these is a client with a connection of its own, and all the silent ones are still there.
    for _ in 0..5 {
        server.token().await;
    }
    drop(idle);
}

#[tokio::test]
async fn a_server_without_a_file_left_says_so_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty"), ("Limits:Connections", "1000")];
    let server = Server::start_after("ulimit -n 48", Path::new(BINARY), folder.path(), &settings).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(socket(&server, "").await);
    }
    let mut newest = socket(&server, LIVE).await;
    assert!(answer(&mut newest).await.starts_with("HTTP/1.1 200"), "{}", server.log());
    assert!(server.log().contains("No connection can be accepted"), "{}", server.log());
    drop(idle);
}

#[tokio::test]
async fn while_it_drains_the_server_asks_clients_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[("Shutdown:DrainDelaySeconds", "3")]).await;
    let mut client = kept_open(&server).await;
    let id = server.process_id().to_string();
    std::process::Command::new("bash").args(["-c", "kill -TERM \"$0\"", &id]).status().unwrap();
    while !server.log().contains("Stopping") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    client.write_all(LIVE.as_bytes()).await.unwrap();
    let said = answer(&mut client).await.to_lowercase();
    assert!(said.starts_with("http/1.1 200") && said.contains("connection: close"), "{said}");
    assert_eq!(rest(client).await, "");
}

#[tokio::test]
async fn a_connection_that_says_nothing_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[("Limits:HeaderTimeoutSeconds", "600")]).await;
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    let count = 500;
    let before = resident();
    let (mut silent, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..count {
        silent.push(socket(&server, "").await);
    }
    let (with_silent, _) = (resident(), kept_open(&server).await);
    for _ in 0..count {
        idle.push(kept_open(&server).await);
    }
    let with_idle = resident();
    let each = |more: u64, less: u64| more.saturating_sub(less) / count;
    let costs = (each(with_silent, before), each(with_idle, with_silent));
    eprintln!("KiB of a silent and of an idle connection: {costs:?}");
    assert!(costs.0 < 32 && costs.1 < 64, "KiB of a silent and of an idle connection: {costs:?}");
}

/// Sockets this test holds, and a few more.
const FILES: u64 = 2_000;

/// Lets this process open so many files; answers whether it may.
fn may_open(files: u64) -> bool {
    let own = std::process::id().to_string();
    let raised = Command::new("prlimit").args(["--pid", &own, &format!("--nofile={files}:")]).status();
    raised.is_ok_and(|status| status.success())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_idle_and_five_hundred_slow_connections_keep_nobody_out() {
    assert!(may_open(FILES), "this machine does not let a process open {FILES} files");
    let folder = tempfile::tempdir().unwrap();
    let empty = [("Bootstrap:Template", "empty")];
    let raised = format!("ulimit -n {FILES}");
    let server = Server::start_after(&raised, Path::new(BINARY), folder.path(), &empty).await;
    let token = server.token().await;
    let (mut idle, mut slow) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        idle.push(kept_open(&server).await);
    }
    let half = format!(
        "POST /api/v1/accounts HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{"
    );
    for _ in 0..500 {
        slow.push(socket(&server, &half).await);
    }
    let url = format!("{}/api/v1/me", server.url);
    for number in 0..50 {
        // A connection of its own each time.
        let client = reqwest::Client::new();
        let answer = client.get(&url).bearer_auth(&token).timeout(FOR_EVER).send().await.unwrap();
        assert_eq!(answer.status(), 200, "the {number}th that comes");
    }
    // They are kept meanwhile: it is not that the server has thrown them out.
    let first = idle.first_mut().unwrap();
    first.write_all(LIVE.as_bytes()).await.unwrap();
    assert!(answer(first).await.starts_with("HTTP/1.1 200"));
    drop(slow);
}
