//! A disk that is full, or cannot be written: what clients and operators see, and that it goes on by itself afterwards.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::Server;
use testkit::server::{command_after, free_port};
use testkit::world::entry;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const SETTINGS: &[(&str, &str)] = &[("Bootstrap:Template", "empty")];
/// Longer than a report of health is handed out again.
const FRESH_HEALTH: Duration = Duration::from_millis(2_100);

/// The administrator at a running server.
struct Poster {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Poster {
    async fn new(server: &Server) -> Self {
        let poster =
            Self { client: reqwest::Client::new(), url: server.url.clone(), token: server.token().await };
        for (code, kind) in [("1000", "asset"), ("4000", "income")] {
            let body = json!({ "code": code, "name": { "en": code }, "type": kind });
            assert_eq!(poster.post("/accounts", &body).await.status(), 201);
        }
        poster
    }

    async fn post(&self, path: &str, body: &Value) -> reqwest::Response {
        let url = format!("{}/api/v1{path}", self.url);
        self.client.post(url).bearer_auth(&self.token).json(body).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await;
        answer.unwrap().json().await.unwrap()
    }

    /// Posts a large entry: a hundred lines with long texts.
    async fn entry(&self) -> reqwest::Response {
        let mut lines = vec![("1000", "1.00", ""); 100];
        lines.push(("4000", "", "100.00"));
        let mut body = entry("2026-03-01", &lines, true);
        for line in body["lines"].as_array_mut().unwrap() {
            line["description"] = json!("x".repeat(400));
        }
        self.post("/journal-entries", &body).await
    }

    async fn numbers(&self) -> Vec<String> {
        let page = self.get("/api/v1/journal-entries?limit=1000&sort=number&fields=number").await;
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect()
    }

    /// The state of the server and what of it is down.
    async fn health(&self) -> (Value, String) {
        tokio::time::sleep(FRESH_HEALTH).await;
        let report = self.get("/health").await;
        (report["status"].clone(), report["entries"]["custom-check"]["data"].to_string())
    }

    /// Posts until the disk is full. The acknowledged entries are there, and no others.
    async fn fill(&self) -> Vec<String> {
        let mut acknowledged = self.numbers().await;
        let refused = loop {
            let answer = self.entry().await;
            if answer.status() != 201 {
                break answer;
            }
            let posted: Value = answer.json().await.unwrap();
            acknowledged.push(posted["number"].as_str().unwrap().to_owned());
            assert!(acknowledged.len() < 1_000, "the disk is never full");
        };
        assert_eq!(refused.status(), 503);
        assert!(refused.headers().contains_key("retry-after"));
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "storage_full", "{problem}");
        assert_eq!(self.entry().await.status(), 503, "it stays full");
        assert_eq!(self.numbers().await, acknowledged, "reads go on, and nothing was changed");
        let (status, down) = self.health().await;
        assert_eq!(status, "Unhealthy");
        // A small write of the background may have found room since; the folder has none.
        assert!(down.contains("database-writes") || down.contains("No space left"), "{down}");
        acknowledged
    }

    /// Once there is room again: the next number, sound books, a healthy server.
    async fn goes_on(&self, before: Vec<String>) {
        assert_eq!(self.entry().await.status(), 201);
        let after = self.numbers().await;
        assert_eq!(after[..before.len()], before);
        assert_eq!(after.len(), before.len() + 1);
        assert!(after.last().unwrap().ends_with(&format!("{:06}", after.len())), "no gap: {after:?}");
        let verified: Value = self.post("/integrity/verify", &json!({})).await.json().await.unwrap();
        assert_eq!(verified["ok"], true, "{verified}");
        assert_eq!(self.health().await.0, "Healthy");
    }
}

/// A file may not grow beyond a limit, as with a quota; then the limit is lifted.
#[tokio::test]
async fn a_full_disk_refuses_changes_nothing_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let line = "trap '' XFSZ; ulimit -S -f 4096";
    let server = Server::start_after(line, Path::new(BINARY), folder.path(), SETTINGS).await;
    let poster = Poster::new(&server).await;
    let acknowledged = poster.fill().await;
    assert!(acknowledged.len() > 5, "{}", acknowledged.len());
    let process = server.process_id().to_string();
    let lifted = Command::new("prlimit").args(["--pid", &process, "--fsize=unlimited:"]).status().unwrap();
    assert!(lifted.success());
    poster.goes_on(acknowledged).await;
    assert_eq!(server.stop(), 0);
}

/// Whether this machine lets a test mount file systems, in a name space of its own.
fn mounts_are_allowed() -> bool {
    let tried = Command::new("unshare").args(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    let allowed = tried.is_ok_and(|output| output.status.success());
    if !allowed {
        testkit::not_run("this machine allows no mounts, so there is no disk to fill");
    }
    allowed
}

/// A line of shell that goes on in a name space with a small file system in the working folder.
fn in_small_disk(options: &str) -> String {
    format!(
        "exec unshare -m bash -c 'mkdir -p data && mount -t tmpfs -o {options} tmpfs data && exec \"$0\"' \"$0\""
    )
}

#[tokio::test]
async fn a_disk_without_a_byte_left_is_survived_with_clients_at_once() {
    if !mounts_are_allowed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start_after(&in_small_disk("size=12m"), Path::new(BINARY), folder.path(), SETTINGS).await;
    let poster = Poster::new(&server).await;
    // As the server sees it.
    let filler = format!("/proc/{}/root{}/data/filler", server.process_id(), folder.path().display());
    std::fs::write(&filler, vec![0_u8; 6 << 20]).unwrap();
    let statuses = futures::future::join_all((0..8).map(|_| async {
        let mut acknowledged = 0;
        while poster.entry().await.status() == 201 {
            acknowledged += 1;
        }
        acknowledged
    }));
    let acknowledged: usize = statuses.await.into_iter().sum();
    let numbers = poster.numbers().await;
    assert_eq!(numbers.len(), acknowledged, "what was answered is kept, what was refused is not");
    let numbers = poster.fill().await;
    std::fs::remove_file(&filler).unwrap();
    poster.goes_on(numbers).await;
    assert_eq!(server.stop(), 0);
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_folder_that_cannot_be_written_is_named_at_the_start() {
    if !mounts_are_allowed() {
        return;
    }
    for (options, reason) in [("ro", "Read-only file system"), ("size=300k", "database or disk is full")] {
        let folder = tempfile::tempdir().unwrap();
        let output = command_after(&in_small_disk(options), Path::new(BINARY), folder.path())
            .env("ASPNETCORE_URLS", format!("http://127.0.0.1:{}", free_port()))
            .env("Bootstrap__Template", "empty")
            .output()
            .unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(reason) && said.contains("Data:Directory"), "{said}");
        assert!(said.contains("data"), "{said}");
    }
}
