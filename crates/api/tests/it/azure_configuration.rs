//! The binary in Production with its secrets in a vault and its settings in a store.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use erp_stubs::{Fault, Service, Stubs, entra};
use serde_json::{Value, json};
use testkit::server::{ADMIN_URLS, free_port};
use testkit::world::PASSWORD;
use testkit::{Server, until};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");

fn command(folder: &Path, stubs: &Stubs) -> Command {
    std::fs::create_dir_all(folder.join("secrets")).unwrap();
    std::fs::write(folder.join("ca.pem"), stubs.ca_pem()).unwrap();
    std::fs::write(folder.join("token"), "federated-token").unwrap();
    let mut command = Command::new(BINARY);
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("ASPNETCORE_ENVIRONMENT", "Production")
        .env("Secrets__Directory", folder.join("secrets"))
        .env("SSL_CERT_FILE", folder.join("ca.pem"))
        .env("AZURE_AUTHORITY_HOST", stubs.origin())
        .env("AZURE_TENANT_ID", entra::TENANT)
        .env("AZURE_CLIENT_ID", entra::CLIENT)
        .env("AZURE_FEDERATED_TOKEN_FILE", folder.join("token"))
        .env("Services__KeyVault", stubs.origin())
        .env("AppConfig__Endpoint", stubs.origin())
        .env("Admin__Urls", ADMIN_URLS)
        .env("AppConfig__RefreshSeconds", "1")
        .env("ReloadInterval", "00:00:01")
        .env("AzureStorage__ConnectionString", "file://blobs")
        .env("ApplicationInsights__ConnectionString", "off")
        // The tests sign in again and again until a key has changed.
        .env("Limits__SignInsPerMinutePerAccount", "0")
        .env("Bootstrap__Tenant", "home")
        .env("Bootstrap__AdminEmail", "admin@home.example");
    command
}

async fn prepared() -> Stubs {
    let stubs = Stubs::start().await.unwrap();
    let vault = stubs.vault();
    vault.set("ConnectionStrings--DefaultConnection", "Provider=Sqlite;Data Source=data/erp.db");
    vault.set("jwt-key", "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae");
    vault.set("Bootstrap--AdminPassword", PASSWORD);
    let store = stubs.configuration();
    store.set_reference("ConnectionStrings:Redis", None, &format!("{}/secrets/redis", stubs.origin()));
    vault.set("redis", "memory://");
    store.set("Limits:EventStreams", None, "7");
    store.set("Limits:EventStreams", Some("Production"), "9");
    store.set_flag(None, &json!({ "id": "Beta", "enabled": false }));
    stubs
}

struct Running {
    child: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    async fn start(folder: &Path, stubs: &Stubs) -> Self {
        let url = format!("http://127.0.0.1:{}", free_port());
        let mut command = command(folder, stubs);
        let log = std::fs::File::create(folder.join("log")).unwrap();
        command
            .env("ASPNETCORE_URLS", &url)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null());
        let mut running = Self { child: command.spawn().unwrap(), url };
        let began = Instant::now();
        let ready = format!("{}/health/ready", running.url);
        while reqwest::get(&ready).await.map(|answer| answer.status().as_u16()).ok() != Some(200) {
            let ended = running.child.try_wait().unwrap();
            let said = std::fs::read_to_string(folder.join("log")).unwrap();
            assert!(ended.is_none() && began.elapsed() < Duration::from_secs(60), "{ended:?} {said}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        running
    }

    async fn token(&self) -> (String, String) {
        let form = [("grant_type", "password"), ("username", "admin@home.example"), ("password", PASSWORD)];
        let url = format!("{}/api/v1/auth/token", self.url);
        let answer = reqwest::Client::new().post(url).form(&form).send().await.unwrap();
        let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
        (token.split('.').next().unwrap().to_owned(), token)
    }

    async fn beta(&self, token: &str) -> (u16, bool) {
        let request =
            reqwest::Client::new().get(format!("{}/api/v1/feature-flags", self.url)).bearer_auth(token);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap()["items"][0]["enabled"] == true)
    }
}

/// Proves: A9, A10, B15, X08.
#[tokio::test]
async fn vault_and_store_configure_a_server_and_go_on_doing_so() {
    let (stubs, folder) = (prepared().await, tempfile::tempdir().unwrap());
    let server = Running::start(folder.path(), &stubs).await;
    let (header, token) = server.token().await;
    assert_eq!(server.beta(&token).await, (200, false));

    stubs.configuration().set_flag(Some("Production"), &json!({ "id": "Beta", "enabled": true }));
    until("the flag", async || server.beta(&token).await == (200, true)).await;
    stubs.vault().set("jwt-key", "T5bHc9JdSg3Aeq8Rr2vX0mYw1ZpLk7Nf");
    until("the new key", async || server.token().await.0 != header).await;
    assert_eq!(server.beta(&token).await, (200, true), "the old token is still good");

    // Both services fail: nothing is forgotten, and what changed meanwhile counts when they are back.
    let (header, _) = server.token().await;
    stubs.fail(Service::Vault, Fault::Status(500, None));
    stubs.fail(Service::Configuration, Fault::Hang);
    stubs.vault().set("jwt-key", "w1ZpLk7NfT5bq8Rr2vX0mYHc9JdSg3Ae");
    let said = || std::fs::read_to_string(folder.path().join("log")).unwrap();
    until("a failed poll", async || said().contains("status 500")).await;
    let (same, token) = server.token().await;
    assert_eq!((same, server.beta(&token).await), (header.clone(), (200, true)));
    stubs.heal(Service::Vault);
    stubs.heal(Service::Configuration);
    until("the newest key", async || server.token().await.0 != header).await;
    let said = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(
        said.contains("status 500")
            && !said.contains("q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae")
            && !said.contains("stub-token"),
        "{said}"
    );
}

/// Proves: A10, B17, X03, X08.
#[tokio::test(flavor = "multi_thread")]
async fn config_show_names_vault_and_store_and_a_refusal_ends_the_start() {
    let (stubs, folder) = (prepared().await, tempfile::tempdir().unwrap());
    let run = |arguments: &[&str]| {
        let output = command(folder.path(), &stubs).args(arguments).output().unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    };
    let (code, text) = run(&["config", "show", "--redact"]);
    assert_eq!(code, Some(0), "{text}");
    for line in [
        format!("jwt-key=*** (Key Vault {})", stubs.origin()),
        "Limits:EventStreams=9 (App Configuration (label Production))".to_owned(),
        "ConnectionStrings:Redis=*** (App Configuration (no label))".to_owned(),
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    stubs.entra().accept(&[]);
    let (code, text) = run(&["serve"]);
    assert!(code == Some(78) && text.contains("AADSTS700024"), "{code:?} {text}");
}

/// Proves: X02.
#[tokio::test(flavor = "multi_thread")]
async fn vault_and_store_may_come_later() {
    let (stubs, folder) = (prepared().await, tempfile::tempdir().unwrap());
    stubs.stop().await;
    let mut server = Server::launch(command(folder.path(), &stubs), folder.path(), &[]);
    let status = async |path: &str| {
        reqwest::get(format!("{}{path}", server.url)).await.ok().map(|answer| answer.status().as_u16())
    };
    until("it lives", async || status("/health/live").await == Some(200)).await;
    assert_eq!(status("/health/ready").await, Some(503));
    until("the second attempt", async || server.log().contains("attempt 2 failed")).await;
    stubs.resume().await.unwrap();
    server.wait_until_ready().await;
    let log = server.log();
    for number in 1..=2 {
        assert_eq!(log.matches(&format!("attempt {number} failed")).count(), 1, "{log}");
    }
    assert!(log.contains("The sources of settings: reached at attempt"), "{log}");
    server.terminate();
    assert_eq!(server.ended(Duration::from_secs(30)).await, 0, "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_and_store_that_stay_away_end_the_start_and_a_stop_does_so_at_once() {
    let (stubs, folder) = (prepared().await, tempfile::tempdir().unwrap());
    stubs.stop().await;
    let start = |seconds: &str| {
        let settings = [("Startup:TimeoutSeconds", seconds)];
        Server::launch(command(folder.path(), &stubs), folder.path(), &settings)
    };
    let mut server = start("1");
    assert_eq!(server.ended(Duration::from_secs(60)).await, 69, "{}", server.log());
    let log = server.log();
    let named =
        [stubs.origin(), "attempt 1 failed".to_owned(), "away for 1 s (Startup:TimeoutSeconds)".to_owned()];
    assert!(named.iter().all(|part| log.contains(part)), "{log}");
    let mut server = start("3600");
    until("the first attempt", async || server.log().contains("attempt 1 failed")).await;
    server.terminate();
    assert_eq!(server.ended(Duration::from_secs(30)).await, 0, "{}", server.log());
}

/// I4: what the sources gave last counts on, but not unnoticed.
/// Proves: I4.
#[tokio::test]
async fn sources_that_do_not_answer_grow_old_and_health_says_so() {
    let (stubs, folder) = (prepared().await, tempfile::tempdir().unwrap());
    let server = Running::start(folder.path(), &stubs).await;
    let (_, token) = server.token().await;
    let custom = async || {
        let request = reqwest::Client::new().get(format!("{}/health", server.url)).bearer_auth(&token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "requests are served as ever");
        answer.json::<Value>().await.unwrap()["entries"]["custom-check"].clone()
    };
    assert_eq!(custom().await["data"], json!({}), "{}", custom().await);
    stubs.fail(Service::Vault, Fault::Status(500, None));
    stubs.fail(Service::Configuration, Fault::Status(500, None));
    let old = async |name: &str| {
        let custom = custom().await;
        let said = custom["data"][name].as_str().is_some_and(|text| text.starts_with("no answer for "));
        assert!(!said || custom["status"] == "Degraded", "{custom}");
        said
    };
    until("the vault's age", async || old("vault-age").await).await;
    until("the store's age", async || old("app-configuration-age").await).await;
    stubs.heal(Service::Vault);
    until("the vault's answer", async || !old("vault-age").await).await;
}
