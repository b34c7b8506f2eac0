//! A running server with something recognisable in every secret it is given, and in every secret that callers send: it is
//! found in no answer, log line, log file, metric, page and nothing that is exported.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use erp_stubs::Collector;
use http::header::{ACCEPT, ACCEPT_LANGUAGE};
use reqwest::Method;
use serde_json::json;
use testkit::Server;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
/// In every secret.
const SENTINEL: &str = "zq7sentinel";

/// Everything that was answered, headers and all.
#[derive(Default)]
struct Seen(String);

impl Seen {
    async fn ask(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        self.0.push_str(&format!("{status} {:?}\n", answer.headers()));
        let text = answer.text().await.unwrap();
        self.0.push_str(&text);
        (status, text)
    }
}

fn files_below(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            files_below(&entry.path(), text);
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()));
        }
    }
}

/// Where a sentinel stands, with what is around it.
#[track_caller]
fn nothing_in(what: &str, text: &str) {
    if let Some(at) = text.find(SENTINEL) {
        let bytes = text.as_bytes();
        let around = &bytes[at.saturating_sub(300)..(at + 100).min(bytes.len())];
        panic!("{what} has it: {}", String::from_utf8_lossy(around));
    }
}

/// A secret with the sentinel in it, long enough for a key.
fn secret(name: &str) -> String {
    format!("{SENTINEL}-{name}-0123456789abcdef0123456789abcdef")
}

/// Every setting that is a secret, and one by mistake.
fn settings(collector: &Collector, logs: &Path) -> Vec<(&'static str, String)> {
    let insights = format!(
        "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={}",
        collector.url()
    );
    vec![
        ("Bootstrap:Template", "empty".to_owned()),
        ("Bootstrap:AdminPassword", secret("password")),
        ("Auth:SigningKeys:0", secret("jwt")),
        ("Auth:SigningKeys:1", secret("jwt-next")),
        ("ApplicationInsights:ConnectionString", insights),
        ("Seq:ServerUrl", collector.url()),
        ("Seq:ApiKey", secret("seq")),
        ("OpenTelemetry:Endpoint", collector.url()),
        ("OpenTelemetry:Headers", format!("x-key={}", secret("otlp"))),
        ("db-password", secret("db")),
        ("redis-password", secret("redis")),
        ("Auth:Passwort", secret("unknown key")),
        ("Serilog:MinimumLevel", "Verbose".to_owned()),
        ("Telemetry:TracesPerSecond", "1000".to_owned()),
        ("Logging:File:Path", logs.join("erp-.log").display().to_string()),
    ]
}

/// Callers send it as well: as passwords, tokens and keys, in every place where one may stand.
async fn sent_in_every_place(seen: &mut Seen, server: &Server) {
    let (client, bad) = (reqwest::Client::new(), secret("sent"));
    let api = |path: &str| format!("{}/api/v1{path}", server.url);
    for fields in [
        vec![("grant_type", "password"), ("username", "admin@home.example"), ("password", &*bad)],
        vec![("grant_type", "refresh_token"), ("refresh_token", &*bad)],
        vec![("grant_type", "client_credentials"), ("client_id", "erp_x"), ("client_secret", &*bad)],
        vec![("grant_type", &*bad)],
    ] {
        let (status, _) = seen.ask(client.post(api("/auth/token")).form(&fields)).await;
        assert!((400..500).contains(&status));
    }
    seen.ask(client.get(api("/me")).bearer_auth(&bad)).await;
    seen.ask(client.get(api("/me")).header("X-Api-Key", format!("erp_{bad}"))).await;
    seen.ask(client.get(api("/me")).basic_auth("erp_x", Some(&bad))).await;
    let content = "/attachments/00000000-0000-0000-0000-000000000001/content";
    seen.ask(client.get(api(&format!("{content}?token={bad}")))).await;
    let accept = json!({ "token": bad, "password": bad });
    seen.ask(client.post(api("/auth/invitations/accept")).json(&accept)).await;
    seen.ask(client.post(api("/auth/revoke")).form(&[("token", &bad)])).await;
}

/// Everything that an administrator, an operator and any other caller can look at.
async fn looked_at_everything(seen: &mut Seen, server: &Server) {
    let client = reqwest::Client::new();
    let api = |path: &str| format!("{}/api/v1{path}", server.url);
    let password = secret("password");
    let form = [("grant_type", "password"), ("username", "admin@home.example"), ("password", &*password)];
    let granted = client.post(api("/auth/token")).form(&form).send().await.unwrap();
    let granted: serde_json::Value = granted.json().await.unwrap();
    let token = granted["access_token"].as_str().unwrap_or_else(|| panic!("{granted}")).to_owned();
    let change = json!({ "currentPassword": secret("sent"), "newPassword": secret("new password") });
    seen.ask(client.post(api("/me/password")).bearer_auth(&token).json(&change)).await;
    for (path, accept) in [
        ("/admin/overview", "application/json"),
        ("/admin/overview", "text/html"),
        ("/admin/configuration", "application/json"),
        ("/admin/slow-statements", "application/json"),
        ("/audit-log?fields=id,before,after", "application/json"),
        ("/tenants/current/settings", "application/json"),
        ("/me", "application/json"),
        ("/events", "application/json"),
    ] {
        let asked =
            client.get(api(path)).bearer_auth(&token).header(ACCEPT, accept).header(ACCEPT_LANGUAGE, "ar");
        assert_eq!(seen.ask(asked).await.0, 200, "{path}");
    }
    let configuration = seen.ask(client.get(api("/admin/configuration")).bearer_auth(&token)).await.1;
    assert!(configuration.matches("***").count() >= 9, "the secrets are there, and hidden: {configuration}");
    for path in ["/ops", "/health", "/openapi.json"] {
        seen.ask(client.get(format!("{}{path}", server.url))).await;
    }
    let admin = server.admin_url();
    for path in ["/metrics", "/debug/config", "/debug/build", "/debug/overload", "/health"] {
        assert_eq!(seen.ask(client.request(Method::GET, format!("{admin}{path}"))).await.0, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_was_given_or_sent_is_found_nowhere() {
    let (folder, logs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let collector = Collector::start().await.unwrap();
    let settings = settings(&collector, logs.path());
    let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let mut seen = Seen::default();
    sent_in_every_place(&mut seen, &server).await;
    looked_at_everything(&mut seen, &server).await;
    nothing_in("an answer", &seen.0);
    server.terminate();
    assert_eq!(server.ended(Duration::from_secs(60)).await, 0);

    let said = server.log();
    assert!(said.contains("VRB]") || said.contains("DBG]"), "the log is verbose");
    nothing_in("the log", &said);
    let mut written = String::new();
    files_below(logs.path(), &mut written);
    assert!(written.len() > 1_000, "there is a log file: {written}");
    nothing_in("the log file", &written);
    let received = collector.received();
    let paths: BTreeSet<_> = received.iter().map(|one| one.path.clone()).collect();
    assert!(paths.len() >= 3, "logs, traces and envelopes came: {paths:?}");
    for one in received {
        nothing_in(&one.path, &String::from_utf8_lossy(&one.body));
    }
    // The database has hashes of passwords and tokens, never themselves.
    let mut stored = String::new();
    files_below(folder.path(), &mut stored);
    nothing_in("the data folder", &stored);
}
