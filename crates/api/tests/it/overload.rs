//! Far more requests than the server may take: it serves some, refuses the others at once, stays alive and recovers. No
//! times are asserted; `cargo xtask overload` measures them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use testkit::Server;
use testkit::world::entry;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const CLIENTS: usize = 150;
const REQUESTS: usize = 12;

/// The number of answers, by status.
type Seen = BTreeMap<u16, usize>;

/// One client with a connection of its own: two reads to each posting.
async fn client(url: String, token: String, place: usize) -> Seen {
    let client = reqwest::Client::new();
    let mut seen = Seen::new();
    for number in 0..REQUESTS {
        let request = if (place + number).is_multiple_of(3) {
            let lines = [("1000", "1.00", ""), ("4000", "", "1.00")];
            client.post(format!("{url}/api/v1/journal-entries")).json(&entry("2026-03-01", &lines, true))
        } else {
            client.get(format!("{url}/api/v1/journal-entries?limit=50&sort=-number"))
        };
        let answer = request.bearer_auth(&token).send().await.unwrap();
        let status = answer.status().as_u16();
        if status == 503 {
            assert!(answer.headers().contains_key("retry-after"));
            let document: Value = answer.json().await.unwrap();
            assert_eq!(document["code"], "overloaded", "{document}");
        }
        *seen.entry(status).or_default() += 1;
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_served_in_part_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty"), ("Limits:ConcurrentRequests", "2")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = server.token().await;
    let direct = reqwest::Client::new();
    for (code, kind) in [("1000", "asset"), ("4000", "income")] {
        let body = serde_json::json!({ "code": code, "name": { "en": code }, "type": kind });
        let request = direct.post(format!("{}/api/v1/accounts", server.url)).bearer_auth(&token);
        assert_eq!(request.json(&body).send().await.unwrap().status(), 201);
    }
    let ended = Arc::new(AtomicBool::new(false));
    let live = tokio::spawn({
        let (url, ended) = (format!("{}/health/live", server.url), ended.clone());
        async move {
            let (client, mut answered) = (reqwest::Client::new(), 0);
            while !ended.load(Ordering::SeqCst) {
                assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
                answered += 1;
            }
            answered
        }
    });
    let clients: Vec<_> =
        (0..CLIENTS).map(|place| tokio::spawn(client(server.url.clone(), token.clone(), place))).collect();
    let mut seen = Seen::new();
    for client in clients {
        for (status, count) in client.await.unwrap() {
            *seen.entry(status).or_default() += count;
        }
    }
    ended.store(true, Ordering::SeqCst);
    assert!(live.await.unwrap() > 0);
    eprintln!("{seen:?}");
    let count = |status: u16| seen.get(&status).copied().unwrap_or(0);
    assert_eq!(count(200) + count(201) + count(503), CLIENTS * REQUESTS, "{seen:?}");
    assert!(count(200) > 0 && count(201) > 0 && count(503) > 0, "{seen:?}");

    // Every acknowledged entry is there, once, and the server is as it was before.
    let page = direct.get(format!("{}/api/v1/journal-entries?limit=1&sort=-number", server.url));
    let page: Value = page.bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let number = page["items"][0]["number"].as_str().unwrap().to_owned();
    assert!(number.ends_with(&format!("{:06}", count(201))), "{number}: {seen:?}");
    for _ in 0..20 {
        let answer = direct.get(format!("{}/api/v1/me", server.url)).bearer_auth(&token).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    let lines = server.log().lines().filter(|line| line.contains("More requests come than")).count();
    assert!(lines <= 20, "{lines} lines about {} refusals", count(503));
    let own = ["failed with 503", "responded 503"].map(|part| server.log().matches(part).count());
    assert_eq!(own, [0, 0], "and none of its own for each");
    assert_eq!(server.stop(), 0);
}
