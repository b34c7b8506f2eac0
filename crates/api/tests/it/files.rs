//! Files through the real binary: how much memory they need, and what health says of their store.

use std::path::Path;

use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use testkit::Server;
use testkit::conformance::blobs::noise;
use testkit::peers::Azurite;

const PIECE_BYTES: usize = 1_000_000;
const PIECES: usize = 200;
/// The memory that 200 MB in and out may cost at most.
const MEMORY_MIB_MAX: u64 = 64;

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_erp-api"))
}

struct Api {
    server: Server,
    token: String,
    client: reqwest::Client,
}

impl Api {
    async fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut all = vec![("Bootstrap:Template", "sa-standard")];
        all.extend_from_slice(settings);
        let server = Server::start(binary(), folder, &all).await;
        let token = server.token().await;
        Self { server, token, client: reqwest::Client::new() }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.server.url);
        self.client.request(method.parse().unwrap(), url).bearer_auth(&self.token)
    }

    async fn json(&self, path: &str) -> Value {
        self.request("GET", path).send().await.unwrap().json().await.unwrap()
    }

    fn memory_mib(&self, line: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.process_id())).unwrap();
        let line = status.lines().find(|known| known.starts_with(line)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Forgets the peak of the server's memory so far and answers what it uses now, in MiB.
    fn begin_peak(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.server.process_id()), "5").unwrap();
        self.memory_mib("VmRSS:")
    }

    fn peak_mib(&self) -> u64 {
        self.memory_mib("VmHWM:")
    }

    async fn an_entry(&self) -> String {
        let entries = self.json("/api/v1/journal-entries?limit=1").await;
        entries["items"][0]["id"].as_str().unwrap().to_owned()
    }
}

/// Several hundred megabytes in and out, through everything a request passes.
async fn stays_flat(api: &Api) {
    let entry = api.an_entry().await;
    let path = format!("/api/v1/attachments?documentType=journal_entry&documentId={entry}&name=large.zip");
    let mut first = b"PK\x03\x04".to_vec();
    first.extend(noise(PIECE_BYTES - 4));
    let rest = stream::repeat(Bytes::from(noise(PIECE_BYTES))).take(PIECES - 1);
    let pieces = stream::iter([Bytes::from(first)]).chain(rest).map(Ok::<_, std::io::Error>);
    let before = api.begin_peak();
    let request = api.request("POST", &path).header("Content-Type", "application/zip");
    let answer = request.body(reqwest::Body::wrap_stream(pieces)).send().await.unwrap();
    assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
    let view: Value = answer.json().await.unwrap();
    assert_eq!(view["size"], json!(PIECE_BYTES * PIECES));
    let path = format!("/api/v1/attachments/{}/content", view["id"].as_str().unwrap());
    let mut content = api.request("GET", &path).send().await.unwrap().bytes_stream();
    let mut length = 0;
    while let Some(piece) = content.next().await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, PIECE_BYTES * PIECES);
    let grown = api.peak_mib().saturating_sub(before);
    eprintln!("200 MB in and out: {grown} MiB more than the {before} MiB before");
    assert!(grown < MEMORY_MIB_MAX, "{grown} MiB");
}

#[tokio::test]
async fn a_large_file_passes_through_with_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    stays_flat(&Api::start(folder.path(), &[]).await).await;
}

#[tokio::test]
async fn a_large_file_passes_through_to_azure_with_little_memory() {
    let (azurite, folder) = (Azurite::start().await, tempfile::tempdir().unwrap());
    let connection = azurite.connection_string();
    stays_flat(&Api::start(folder.path(), &[("AzureStorage:ConnectionString", &connection)]).await).await;
}

/// Proves: I3.
#[tokio::test]
async fn health_says_when_the_file_store_is_away() {
    let (mut azurite, folder) = (Azurite::start().await, tempfile::tempdir().unwrap());
    let connection = azurite.connection_string();
    let api = Api::start(folder.path(), &[("AzureStorage:ConnectionString", &connection)]).await;
    let report = api.json("/health").await;
    let entry = &report["entries"]["blob-storage"];
    assert_eq!((&entry["status"], &entry["tags"]), (&json!("Healthy"), &json!(["storage"])), "{report}");
    azurite.kill();
    // A report is handed out again for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let answer = api.request("GET", "/health").send().await.unwrap();
    assert_eq!(answer.status(), 200, "the server can do without");
    let report: Value = answer.json().await.unwrap();
    assert_eq!(
        (&report["status"], &report["entries"]["blob-storage"]["status"]),
        (&json!("Degraded"), &json!("Degraded"))
    );
    assert!(api.request("GET", "/health/ready").send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn a_wrong_connection_string_stops_the_start_and_keeps_its_secret() {
    let folder = tempfile::tempdir().unwrap();
    let output = testkit::server::command(binary(), folder.path())
        .env("AzureStorage__ConnectionString", "AccountName=acme;AccountKey=hush!hush")
        .env("ASPNETCORE_URLS", "http://127.0.0.1:0")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{text}");
    assert!(
        text.contains("AzureStorage:ConnectionString")
            && text.contains("AccountKey is not base64")
            && !text.contains("hush"),
        "{text}"
    );
}
