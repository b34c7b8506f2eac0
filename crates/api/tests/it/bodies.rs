//! Bodies that come slowly, or are much larger than they look: what they cost, and that nobody else pays for them.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Server, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::connections::{server, socket};

/// Longer than anything here may take; a test that waits so long has failed.
const FOR_EVER: Duration = Duration::from_secs(90);
const MIB: usize = 1 << 20;

/// Everything that comes until the server closes the connection.
async fn rest(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(FOR_EVER, socket.read_to_end(&mut bytes)).await.expect("it is never closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A request whose body never comes to its end.
fn half(path: &str, token: Option<&str>) -> String {
    let authorization = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    format!(
        "POST /api/v1{path} HTTP/1.1\r\nHost: a\r\n{authorization}Content-Type: application/json\r\n\
         Connection: close\r\nContent-Length: 100\r\n\r\n{{"
    )
}

/// Asks for a token; the status.
async fn sign_in(server: &Server) -> u16 {
    let form = [("grant_type", "password"), ("username", "admin@home.example"), ("password", PASSWORD)];
    let url = format!("{}/api/v1/auth/token", server.url);
    reqwest::Client::new().post(url).form(&form).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn slow_bodies_keep_nobody_from_running() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Limits:ConcurrentRequests", "2"), ("Limits:AnonymousBodySeconds", "600")];
    let server = server(folder.path(), &settings).await;
    let token = server.token().await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        slow.push(socket(&server, &half("/auth/token", None)).await);
        slow.push(socket(&server, &half("/accounts", Some(&token))).await);
        slow.push(socket(&server, &half("/batch", Some(&token))).await);
    }
    // Two requests at a time is all this server takes, and three hundred have begun. While they arrive, others may be
    // refused; none of them keeps a place for the ten minutes that its body may take.
    let signs_in = async {
        let mut in_a_row = 0;
        while in_a_row < 5 {
            in_a_row = if sign_in(&server).await == 200 { in_a_row + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(FOR_EVER, signs_in).await.expect("slow bodies keep places");
    let url = format!("{}/api/v1/me", server.url);
    let me = reqwest::Client::new().get(url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(me.status(), 200);
    drop(slow);
}

#[tokio::test]
async fn a_body_of_a_stranger_is_not_waited_for_and_any_body_has_to_keep_its_pace() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Limits:AnonymousBodySeconds", "1"), ("Limits:RequestTimeoutSeconds", "2")];
    let server = server(folder.path(), &settings).await;
    let token = server.token().await;
    for (path, token) in [("/auth/token", None), ("/accounts", Some(token.as_str()))] {
        let said = rest(socket(&server, &half(path, token)).await).await;
        assert!(said.starts_with("HTTP/1.1 408") && said.contains("body_too_slow"), "{path}: {said}");
    }
    let large = format!("POST /api/v1/auth/token HTTP/1.1\r\nHost: a\r\nContent-Length: {MIB}\r\n\r\n");
    let mut refused = socket(&server, &large).await;
    let mut said = vec![0; 4_096];
    let read = tokio::time::timeout(FOR_EVER, refused.read(&mut said)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&said[..read]).contains("413"), "a form is short");
}

/// One answer of a connection that stays open: its status, and how many bytes its body has.
async fn answer(socket: &mut TcpStream) -> (String, usize) {
    let (mut said, mut piece) = (String::new(), [0; 4_096]);
    loop {
        let read = tokio::time::timeout(FOR_EVER, socket.read(&mut piece)).await.unwrap().unwrap();
        assert_ne!(read, 0, "closed after {said}");
        said.push_str(&String::from_utf8_lossy(&piece[..read]));
        let Some((head, body)) = said.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let length: usize = length.parse().unwrap();
        if body.len() >= length {
            return (head.lines().next().unwrap().to_owned(), length);
        }
    }
}

#[tokio::test]
async fn a_connection_outlives_a_request_that_is_refused_before_its_body() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[]).await;
    let body = "x".repeat(100 << 10);
    let head = |expect: &str| {
        format!(
            "POST /api/v1/imports?type=accounts HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n\
             {expect}Content-Length: {}\r\n\r\n",
            body.len()
        )
    };
    let mut kept = socket(&server, "").await;
    for _ in 0..3 {
        kept.write_all(format!("{}{body}", head("")).as_bytes()).await.unwrap();
        assert!(answer(&mut kept).await.0.contains("401"));
    }
    // A client that waits for permission to send its body hears the refusal at once, and is not asked for the body.
    let waiting = socket(&server, &head("Expect: 100-continue\r\n")).await;
    let said = rest(waiting).await;
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    // One that does not send what it announced is answered all the same.
    let mut silent = socket(&server, &head("")).await;
    assert!(answer(&mut silent).await.0.contains("401"));
}

/// Kilobytes the process has ever held at once.
fn peak_kib(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// `count` times the same piece between two ends.
fn wide(before: &str, piece: &str, count: usize, after: &str) -> String {
    [before, &piece.repeat(count), after].concat()
}

#[tokio::test]
async fn memory_follows_the_size_of_a_body_whatever_its_shape() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[]).await;
    let token = server.token().await;
    let client = reqwest::Client::new();
    let send = async |method: &str, path: &str, body: String| {
        let url = format!("{}/api/v1{path}", server.url);
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = client.request(method, url).bearer_auth(&token).body(body);
        let answer = request.header("Content-Type", "application/json").send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let before = peak_kib(&server);
    let size = 16 * MIB;
    let operation = r#"{"items":[{"method":"POST","path":"/api/v1/accounts","body":["#;
    let (status, answer) = send("POST", "/batch", wide(operation, "1,", size / 2, "1]}]}")).await;
    assert_eq!((status, answer["results"][0]["status"].as_u64()), (200, Some(413)), "{answer}");

    let (status, answer) =
        send("POST", "/journal-entries", wide("{\"lines\":[", "1,", size / 2, "1]}")).await;
    assert_eq!(status, 422);
    let codes = answer["errors"].as_array().unwrap();
    assert!(codes.iter().any(|error| error["code"] == "too_many_items"), "{answer}");

    // As many items as are allowed, each of them wrong: the answer tells the first ones.
    let lines = wide("{\"lines\":[", "1,", 9_000, "1]}");
    let (status, answer) = send("POST", "/journal-entries", lines).await;
    assert_eq!((status, answer["errors"].as_array().unwrap().len()), (422, 1_000));

    let members: String = (0..1_000_000).map(|n| format!("\"m{n}\":1,")).collect();
    let (status, answer) = send("POST", "/journal-entries", format!("{{{members}\"x\":1}}")).await;
    assert_eq!((status, answer["code"].as_str()), (400, Some("malformed_request")), "{answer}");

    let deep = wide("{\"name\":", "[", 500_000, "");
    assert_eq!(send("PATCH", "/me", deep).await.0, 400);
    let list = wide("{\"name\":[", "1,", MIB / 2 - 100, "1]}");
    let (status, answer) = send("PATCH", "/me", list).await;
    assert_eq!((status, answer["errors"][0]["code"].as_str()), (422, Some("too_many_items")), "{answer}");

    let after = peak_kib(&server);
    let grown = (after - before) / 1024;
    eprintln!("16 MiB bodies, one after the other: {grown} MiB more at the peak");
    assert!(grown < 6 * 16, "{grown} MiB more at the peak than before, for bodies of 16 MiB");
}

#[tokio::test]
async fn bytes_in_flight_have_a_budget() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[("Limits:BytesInFlight", "16777216")]).await;
    let token = server.token().await;
    let begin = |length: usize| {
        format!(
            "POST /api/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n {{"
        )
    };
    // Four times three MiB of sixteen are taken by a body that is on its way.
    let first = socket(&server, &begin(3 * MIB)).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut second = socket(&server, &begin(2 * MIB)).await;
    let mut said = vec![0; 4_096];
    let read = tokio::time::timeout(FOR_EVER, second.read(&mut said)).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&said[..read]).to_lowercase();
    assert!(said.starts_with("http/1.1 503") && said.contains("retry-after"), "{said}");
    // Small requests go on, and places are given back.
    server.token().await;
    drop((first, second));
    let client = reqwest::Client::new();
    let body =
        format!("{}{}", json!({ "items": [{ "method": "GET", "path": "/api/v1/me" }] }), " ".repeat(2 * MIB));
    let mut tries = 0;
    loop {
        let request = client.post(format!("{}/api/v1/batch", server.url)).bearer_auth(&token);
        let answer = request.header("Content-Type", "application/json").body(body.clone()).send().await;
        if answer.is_ok_and(|answer| answer.status() == 200) {
            break;
        }
        tries += 1;
        assert!(tries < 100, "the budget is never given back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_is_malformed_says_where_whatever_is_read_of_it() {
    let world = World::new().await;
    let home = world.home().await;
    for (body, place) in [
        (r#"{ "name": "x", "name": "y" }"#, "the member 'name' is there twice at line 1 column"),
        ("{ \"unknown\": { \"a\": 1, \"a\": 2 } }", "the member 'a' is there twice"),
        ("{\n  \"name\": \"x\",,\n}", "line 2 column"),
        ("{} {}", "trailing characters"),
        ("{ \"name\": 1e999 }", "number out of range"),
        ("{ \"name\": \"\u{0007}\" }", "control character"),
    ] {
        let answer = home.call("PATCH", "/me", &[], body).await.expect(400);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(place), "{body}: {detail}");
    }
}
