//! The admin listener of the real binary: who reaches it, log levels for a while, and what it shows of the process.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::server::{command, free_port, refused};
use testkit::{Server, until};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
const PATHS: [(&str, &str); 5] = [
    ("GET", "/admin/log-level"),
    ("PUT", "/admin/log-level"),
    ("GET", "/debug/build"),
    ("GET", "/debug/config"),
    ("GET", "/debug/overload"),
];
/// Every debug line has it.
const DEBUG_LINE: &str = "DBG] ";

async fn start(folder: &Path, settings: &[(&str, &str)]) -> Server {
    let settings: Vec<_> = [EMPTY].iter().chain(settings).copied().collect();
    Server::start(Path::new(BINARY), folder, &settings).await
}

async fn ask(method: &str, url: &str, body: &str) -> (u16, String) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = reqwest::Client::new().request(method, url).header("Content-Type", "application/json");
    let answer = request.body(body.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// E5: whoever reaches the API reaches nothing of this, whoever they are; and the other way round.
/// Proves: E5.
#[tokio::test]
async fn the_two_listeners_have_nothing_in_common_but_health() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let (admin, token) = (server.admin_url(), server.token().await);
    let client = reqwest::Client::new();
    for (method, path) in PATHS {
        let body = r#"{ "default": "Debug", "seconds": 1 }"#;
        for prefix in ["", "/api/v1"] {
            if (prefix, path) == ("/api/v1", "/admin/log-level") {
                // The platform's administrators have one of their own there, which asks who they are.
                assert_eq!(ask(method, &format!("{}{prefix}{path}", server.url), body).await.0, 401);
                continue;
            }
            let url = format!("{}{prefix}{path}", server.url);
            assert_eq!(ask(method, &url, body).await.0, 404, "{method} {url}");
            let request = client.request(method.parse().unwrap(), &url).bearer_auth(&token);
            let status = request.json(&json!({ "default": "Debug" })).send().await.unwrap().status();
            assert_eq!(status, 404, "{method} {url} as an administrator");
        }
        assert_eq!(ask(method, &format!("{admin}{path}"), body).await.0, 200, "{method} {path}");
    }
    for path in ["/api/v1/accounts", "/api/v1/me", "/docs", "/openapi.json"] {
        assert_eq!(ask("GET", &format!("{admin}{path}"), "").await.0, 404, "{path}");
        assert_ne!(ask("GET", &format!("{}{path}", server.url), "").await.0, 404, "{path}");
    }
    let document = ask("GET", &format!("{}/openapi.json", server.url), "").await.1;
    assert!(!document.contains("/debug/") && !document.contains("\"/metrics\""), "the API's document");
    assert_eq!(server.stop(), 0);
}

#[tokio::test]
async fn a_web_page_that_names_this_machine_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let url = format!("{}/debug/config", server.admin_url());
    let as_host = async |host: &'static str| {
        reqwest::Client::new().get(&url).header("Host", host).send().await.unwrap().status().as_u16()
    };
    assert_eq!(as_host("rebound.example").await, 400);
    assert_eq!(as_host("localhost:9090").await, 200);
}

/// Proves: J1.
#[tokio::test]
async fn log_levels_change_for_a_while_and_the_change_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let url = format!("{}/admin/log-level", server.admin_url());
    let lines = || server.log().matches(DEBUG_LINE).count();
    ask("GET", &url, "").await;
    assert_eq!(lines(), 0);
    let (status, body) = ask("PUT", &url, r#"{ "default": "Debug", "seconds": 2 }"#).await;
    let now: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &now["inForce"]["default"]), (200, &json!("Debug")), "{now}");
    assert_eq!(now["configured"]["default"], "Information", "{now}");
    ask("GET", &format!("{}/health/live", server.url), "").await;
    until("a debug line", async || lines() > 0).await;
    let audit = "INF] Log levels changed by 127.0.0.1:";
    until("the audit line", async || server.log().contains(audit) && server.log().contains(": Debug ")).await;
    until("the configured levels again", async || server.log().contains("the change has ended")).await;
    let (_, body) = ask("GET", &url, "").await;
    let now: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&now["inForce"], &now["until"]), (&now["configured"], &Value::Null), "{now}");
    let before = lines();
    ask("GET", &format!("{}/health/live", server.url), "").await;
    assert_eq!(lines(), before, "nothing more of it");

    // An operator who silences the log does not do so unseen.
    let silent = r#"{ "default": "Fatal", "overrides": { "erp": "Fatal" } }"#;
    assert_eq!(ask("PUT", &url, silent).await.0, 200);
    assert_eq!(ask("DELETE", &url, "").await.0, 200);
    let said = [": Fatal, erp=Fatal ", "again, by 127.0.0.1:"];
    until("both audit lines", async || said.iter().all(|part| server.log().contains(part))).await;
}

/// A changed file goes on below a change that still counts.
#[tokio::test]
async fn the_configuration_that_counts_is_shown_without_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let configure = |text: &str| {
        std::fs::write(folder.path().join("new"), text).unwrap();
        std::fs::rename(folder.path().join("new"), folder.path().join("appsettings.json")).unwrap();
    };
    configure(r#"{ "Serilog": { "MinimumLevel": "Warning" }, "Limits": { "BodyBytes": 5000 } }"#);
    let key = "sentinel-q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae";
    let port = free_port().to_string();
    let admin = format!("http://127.0.0.1:{port}");
    let settings = [("Auth:SigningKeys:0", key), ("Admin:Urls", admin.as_str())];
    let server = start(folder.path(), &settings).await;
    let shown = async || ask("GET", &format!("{admin}/debug/config"), "").await.1;
    let text = shown().await;
    for line in [
        "Limits:BodyBytes=5000 (appsettings.json)",
        "Auth:SigningKeys:0=*** (environment)",
        &format!("Admin:Urls={admin} (environment)"),
        "Environment=Development (environment)",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    assert!(!text.contains("sentinel"), "{text}");
    let url = format!("{admin}/admin/log-level");
    ask("PUT", &url, r#"{ "default": "Verbose" }"#).await;
    configure(r#"{ "Serilog": { "MinimumLevel": "Error" }, "Limits": { "BodyBytes": 6000 } }"#);
    until("the changed file", async || shown().await.contains("Limits:BodyBytes=6000")).await;
    let text = shown().await;
    assert_eq!(
        text.lines().last(),
        Some("# changed, counts after a restart only: Limits:BodyBytes"),
        "{text}"
    );
    let levels = async || serde_json::from_str::<Value>(&ask("GET", &url, "").await.1).unwrap();
    until("its level below the change", async || levels().await["configured"]["default"] == "Error").await;
    assert_eq!(levels().await["inForce"]["default"], "Verbose");

    let build: Value =
        serde_json::from_str(&ask("GET", &format!("{admin}/debug/build"), "").await.1).unwrap();
    assert_eq!((&build["database"], &build["environment"]), (&json!("sqlite"), &json!("Development")));
    assert_eq!(build["processId"], server.process_id());
    let overload: Value =
        serde_json::from_str(&ask("GET", &format!("{admin}/debug/overload"), "").await.1).unwrap();
    assert_eq!(overload["requests"]["running"], 0, "{overload}");
}

/// An address that was asked for is taken or is an error; a developer's second server is no mistake.
#[tokio::test]
async fn a_taken_port_is_an_error_unless_nobody_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let asked = refused(
        command(Path::new(BINARY), folder.path())
            .env("Bootstrap__Template", "empty")
            .env("Urls", "http://127.0.0.1:0")
            .env("Admin__Urls", format!("http://{}", taken.local_addr().unwrap())),
    );
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(
        asked.status.code() == Some(1) && said.contains("Admin:Urls") && said.contains("in use"),
        "{said}"
    );

    // Somebody has the default, be it this test or a server of another one.
    let _taken = TcpListener::bind("127.0.0.1:9090");
    let url = format!("http://127.0.0.1:{}", free_port());
    let log = folder.path().join("log");
    let mut second = command(Path::new(BINARY), folder.path())
        .env("Bootstrap__Template", "empty")
        .env("Urls", &url)
        .env_remove("Admin__Urls")
        .stdout(std::fs::File::create(&log).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ready = format!("{url}/health/ready");
    until("it is ready", async || {
        assert_eq!(second.try_wait().unwrap(), None, "{}", std::fs::read_to_string(&log).unwrap());
        reqwest::get(&ready).await.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    let warning = "WRN] There is no admin listener: cannot listen on 127.0.0.1:9090";
    until("the warning", async || std::fs::read_to_string(&log).unwrap().contains(warning)).await;
    second.kill().unwrap();
    second.wait().unwrap();
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[("Admin:Urls", "off")]).await;
    let log = server.log();
    assert!(!log.contains("The admin listener is on") && !log.contains("no admin listener"), "{log}");
    assert_eq!(server.stop(), 0);
}

/// The end can be watched: requests in progress finish, and the admin listener goes last.
/// Proves: X39.
#[tokio::test]
async fn it_outlives_the_listener_of_the_api_while_that_is_draining() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[("Shutdown:DrainDelaySeconds", "2")]).await;
    let (admin, ready) = (server.admin_url(), format!("{}/health/ready", server.url));
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    until("it is draining", async || ask("GET", &ready, "").await.0 == 503).await;
    let (status, body) = ask("GET", &format!("{admin}/health/ready"), "").await;
    assert_eq!(status, 503, "{body}");
    assert_eq!(ask("GET", &format!("{admin}/health/live"), "").await.0, 200);
    assert_eq!(stopping.await.unwrap(), 0);
}
