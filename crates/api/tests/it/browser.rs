//! A headless Chromium, driven by ChromeDriver in the words of WebDriver (W3C).

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::server::free_port;

/// How long something may take to show.
const PATIENCE: Duration = Duration::from_secs(30);
/// Arguments that keep the browser from things a test has no use for: other machines, a sandbox that root cannot
/// have.
const ARGUMENTS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

pub struct Browser {
    driver: Child,
    session: String,
    client: reqwest::Client,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser with itself.
        let id = self.driver.id().to_string();
        let _ = Command::new("bash").args(["-c", "kill -TERM \"$0\"", &id]).status();
        let _ = self.driver.wait();
    }
}

/// Whether this machine has a browser to drive.
pub fn is_here() -> bool {
    Command::new("chromedriver").arg("--version").output().is_ok_and(|said| said.status.success())
}

impl Browser {
    /// In dark or light colours.
    pub async fn open(dark: bool) -> Self {
        let port = free_port();
        let profile = tempfile::tempdir().unwrap();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = reqwest::Client::new();
        let base = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        while client.get(format!("{base}/status")).send().await.is_err() {
            assert!(began.elapsed() < PATIENCE, "chromedriver does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut arguments: Vec<_> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        arguments.push("--window-size=1280,1600".to_owned());
        arguments.extend(dark.then(|| "--force-dark-mode".to_owned()));
        let options = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let answer = client.post(format!("{base}/session")).json(&options).send().await.unwrap();
        let session: Value = answer.json().await.unwrap();
        let id = session["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{session}"));
        Self { driver, session: format!("{base}/session/{id}"), client, _profile: profile }
    }

    async fn command(&self, method: Method, path: &str, body: Value) -> Value {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(&body);
        }
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    pub async fn visit(&self, url: &str) {
        self.command(Method::POST, "/url", json!({ "url": url })).await;
    }

    /// The value of a line of JavaScript.
    pub async fn run(&self, script: &str) -> Value {
        self.command(Method::POST, "/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Waits until a line of JavaScript gives `true`.
    pub async fn until(&self, what: &str, script: &str) {
        let began = Instant::now();
        while self.run(script).await != true {
            let text = self.run("return document.body.innerText").await;
            assert!(began.elapsed() < PATIENCE, "never: {what}: {text}\n{:?}", self.complaints().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn element(&self, selector: &str) -> String {
        let found = json!({ "using": "css selector", "value": selector });
        let found = self.command(Method::POST, "/element", found).await;
        let (_, id) = found.as_object().unwrap().iter().next().unwrap();
        id.as_str().unwrap().to_owned()
    }

    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.command(Method::POST, &format!("/element/{element}/click"), json!({})).await;
    }

    pub async fn write(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.command(Method::POST, &format!("/element/{element}/value"), json!({ "text": text })).await;
    }

    /// The browser's complaints about the page since it was last asked: errors, and everything the policy refused.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.command(Method::POST, "/se/log", json!({ "type": "browser" })).await;
        let lines = log.as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Keeps a picture of the page where `ERP_TEST_SCREENSHOTS` says, for people to look at.
    pub async fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("ERP_TEST_SCREENSHOTS") else { return };
        use base64::Engine as _;
        let picture = self.command(Method::GET, "/screenshot", Value::Null).await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap()).unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }
}
