//! `kill -9` in the middle of a thousand concurrent postings, and of sales that are paid and credited.

mod sales;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::Server;
use testkit::world::entry;
use tokio::sync::Mutex;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const CLIENTS: usize = 32;
/// Acknowledged postings after which the server is killed.
const KILL_AFTER: usize = 600;

async fn post(
    client: &reqwest::Client,
    url: &str,
    token: &str,
    path: &str,
    body: Value,
) -> reqwest::Result<Value> {
    let request = client.post(format!("{url}/api/v1{path}")).bearer_auth(token).json(&body);
    request.send().await?.error_for_status()?.json().await
}

async fn get(url: &str, token: &str, path: &str) -> Value {
    let request = reqwest::Client::new().get(format!("{url}/api/v1{path}")).bearer_auth(token);
    request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

/// Posts until the server is gone; notes every number that was acknowledged.
async fn client(url: String, token: String, acknowledged: Arc<Mutex<BTreeSet<String>>>) {
    let http = reqwest::Client::new();
    for n in 0.. {
        let lines: &[(&str, &str, &str)] =
            &[("1000", "10.00", ""), ("4000", "", "6.00"), ("4100", "", "4.00")];
        let body = entry(&format!("2026-0{}-15", 1 + n % 6), lines, true);
        match post(&http, &url, &token, "/journal-entries", body).await {
            Ok(view) => {
                acknowledged.lock().await.insert(view["number"].as_str().unwrap().to_owned());
            }
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_left_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = server.token().await;
    let http = reqwest::Client::new();
    for (code, kind) in [("1000", "asset"), ("4000", "income"), ("4100", "income")] {
        let body = json!({ "code": code, "name": { "en": code }, "type": kind });
        post(&http, &server.url, &token, "/accounts", body).await.unwrap();
    }
    let years = json!({ "start": "2026-01-01" });
    let _ = post(&http, &server.url, &token, "/fiscal-years/generate", years).await;

    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| tokio::spawn(client(server.url.clone(), token.clone(), acknowledged.clone())))
        .collect();
    while acknowledged.lock().await.len() < KILL_AFTER {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.kill();
    for client in clients {
        client.await.unwrap();
    }
    let acknowledged = acknowledged.lock().await.clone();

    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let token = server.token().await;
    let mut found = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page =
            get(&server.url, &token, &format!("/journal-entries?limit=1000&sort=number{cursor}")).await;
        for entry in page["items"].as_array().unwrap() {
            assert_eq!((&entry["status"], &entry["lineCount"]), (&json!("posted"), &json!(3)), "{entry}");
            assert!(found.insert(entry["number"].as_str().unwrap().to_owned()), "a number twice: {entry}");
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged but lost: {lost:?}");
    for (index, number) in found.iter().enumerate() {
        assert!(number.ends_with(&format!("{:06}", index + 1)), "a gap before {number}");
    }
    let checks = get(&server.url, &token, "/integrity/checks").await;
    assert_eq!(checks["ok"], true, "{checks}");
    let verified = post(&http, &server.url, &token, "/integrity/verify", json!({})).await.unwrap();
    assert_eq!(verified["ok"], true, "{verified}");
    assert_eq!(server.stop(), 0, "it stops cleanly when asked");
}
