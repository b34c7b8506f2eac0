//! Configuration as operators meet it: sources, refusals, what is shown, what changes while the server runs.

mod app_configuration;
mod live;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use erp_api::config::registry;
use serde_json::Value;
use testkit::server::{ADMIN_URLS, LOG_DELAY, free_port, refused};
use testkit::world::PASSWORD;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const PRODUCTION: &str = include_str!("../../src/config/fixtures/appsettings.Production.json");
const SENTINEL: &str = "sentinel-q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae";
/// Keys that nobody could guess.
const KEYS: [&str; 3] = [
    "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae",
    "T5bHc9JdSg3Aeq8Rr2vX0mYw1ZpLk7Nf",
    "w1ZpLk7NfT5bq8Rr2vX0mYHc9JdSg3Ae",
];

/// The binary in an empty folder, outside Development, with nothing configured.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(folder)
        .env_clear()
        .env("ASPNETCORE_ENVIRONMENT", "Production")
        .env("Secrets__Directory", folder.join("secrets"))
        .env("Admin__Urls", ADMIN_URLS)
        .env("HOME", folder);
    fs::create_dir_all(folder.join("secrets")).unwrap();
    command
}

/// The settings with which it starts there without any service.
fn embedded(command: &mut Command, folder: &Path) {
    command
        .env("ConnectionStrings__DefaultConnection", "Provider=Sqlite;Data Source=data/erp.db")
        .env("ConnectionStrings__Redis", "memory://")
        .env("AzureStorage__ConnectionString", "file://blobs")
        .env("ApplicationInsights__ConnectionString", "off")
        .env("KeyVault__Uri", format!("file://{}", folder.join("secrets").display()))
        .env("Bootstrap__Tenant", "home")
        .env("Bootstrap__AdminEmail", "admin@home.example")
        .env("Bootstrap__AdminPassword", PASSWORD);
    if !folder.join("secrets/jwt-key").exists() {
        fs::write(folder.join("secrets/jwt-key"), KEYS[0]).unwrap();
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server whose log can be read.
struct Logged {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Logged {
    async fn start(folder: &Path, prepare: impl FnOnce(&mut Command)) -> Self {
        let url = format!("http://127.0.0.1:{}", free_port());
        let log = folder.join("server.log");
        let mut command = command(folder);
        embedded(&mut command, folder);
        command.env("ASPNETCORE_URLS", &url).stdout(File::create(&log).unwrap());
        command.stderr(File::options().append(true).open(&log).unwrap());
        prepare(&mut command);
        let mut server = Self { child: command.spawn().unwrap(), url, log };
        let began = Instant::now();
        while server.get("/health/ready", None).await != Some(200) {
            let ended = server.child.try_wait().unwrap();
            assert!(
                ended.is_none() && began.elapsed() < Duration::from_secs(60),
                "{ended:?} {}",
                server.said()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    fn said(&self) -> String {
        std::thread::sleep(LOG_DELAY);
        fs::read_to_string(&self.log).unwrap()
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Option<u16> {
        let mut request = reqwest::Client::new().get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Some(request.send().await.ok()?.status().as_u16())
    }

    /// A request of the API with a token.
    fn api(&self, method: reqwest::Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        reqwest::Client::new().request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(token)
    }

    async fn token(&self) -> (u16, Value) {
        let form = [("grant_type", "password"), ("username", "admin@home.example"), ("password", PASSWORD)];
        let url = format!("{}/api/v1/auth/token", self.url);
        let answer = reqwest::Client::new().post(url).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Waits until the log has a line with this; answers how long it took.
    async fn until_said(&self, part: &str) -> Duration {
        let began = Instant::now();
        while !self.said().contains(part) {
            assert!(began.elapsed() < Duration::from_secs(20), "never said '{part}':\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        began.elapsed()
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts a file in its place in one step.
fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new-version");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

fn key_id(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

/// Proves: B11, GV14, X02.
#[test]
fn the_production_file_without_its_vault_ends_with_78_and_names_each_key() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("appsettings.Production.json"), PRODUCTION).unwrap();
    for arguments in [&["serve"][..], &["config", "check"], &["config", "show"], &["migrate", "--plan"]] {
        // The vault of the file is not asked by a test.
        let vault = format!("file://{}/secrets", folder.path().display());
        let output = command(folder.path()).env("KeyVault__Uri", vault).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(78), "{arguments:?}: {}", said(&output));
        for key in [
            "ConnectionStrings:DefaultConnection",
            "ConnectionStrings:Redis",
            "AzureStorage:ConnectionString",
            "ApplicationInsights:ConnectionString",
        ] {
            let line = format!("  - {key} = '[…]' (from appsettings.Production.json): is a placeholder");
            assert!(said(&output).contains(&line), "{line}\n{}", said(&output));
        }
    }
}

/// Proves: B11, X02.
#[test]
fn a_placeholder_is_refused_wherever_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str]| {
        let mut command = command(folder.path());
        embedded(&mut command, folder.path());
        let output = command.args(["config", "check"]).args(arguments).output().unwrap();
        (output.status.code(), said(&output))
    };
    assert_eq!(check(&[]).0, Some(0), "{}", check(&[]).1);
    // The next key must not take the place of one that nobody filled in.
    fs::write(folder.path().join("secrets/jwt-key"), "[Retrieved from Key Vault]").unwrap();
    fs::write(folder.path().join("secrets/jwt-key-next"), KEYS[1]).unwrap();
    let (code, said) = check(&[]);
    assert!(code == Some(78) && said.contains("jwt-key = '[…]'"), "{code:?} {said}");
    fs::write(folder.path().join("secrets/jwt-key"), KEYS[0]).unwrap();
    let (code, said) = check(&["--FeatureManagement:Beta=[set per environment]"]);
    assert!(code == Some(78) && said.contains("FeatureManagement:Beta = '[…]'"), "{code:?} {said}");
    let (code, said) = check(&[
        "--AzureStorage:ConnectionString=UseDevelopmentStorage=true",
        "--AzureStorage:Container=No_Good",
    ]);
    assert!(code == Some(78) && said.contains("AzureStorage:Container = 'No_Good'"), "{code:?} {said}");
}

/// Proves: B2, B17, X03.
#[test]
fn the_winning_source_is_shown_and_a_check_says_what_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("appsettings.json"),
        r#"{ "Limits": { "BodyBytes": 2001, "BatchOperations": 7 } }"#,
    )
    .unwrap();
    let mut show = command(folder.path());
    embedded(&mut show, folder.path());
    fs::write(folder.path().join("secrets/Limits__BatchOperations"), "8\n").unwrap();
    let output = show
        .args([
            "config",
            "show",
            "--redact",
            "--Limits:EventStreams",
            "9",
            "--break-glass",
            "Limits:BodyBytes=3000",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let secrets = folder.path().join("secrets").display().to_string();
    for line in [
        "Environment=Production (environment)".to_owned(),
        "Limits:BodyBytes=3000 (--break-glass)".to_owned(),
        format!("Limits:BatchOperations=8 ({secrets})"),
        "Limits:EventStreams=9 (command line)".to_owned(),
        "ConnectionStrings:Redis=*** (environment)".to_owned(),
        format!("jwt-key=*** ({secrets})"),
        "ReloadInterval=00:05:00 (default)".to_owned(),
    ] {
        assert!(said(&output).lines().any(|shown| shown == line), "{line}\n{}", said(&output));
    }
    let mut check = command(folder.path());
    embedded(&mut check, folder.path());
    let output = check.args(["config", "check", "--break-glass", "Limits:BodyBytes=3000"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for part in [
        "warning: --break-glass overrides every other source for Limits:BodyBytes.\n",
        "warning: ConnectionStrings:Redis chooses the cache of this process in Production.\n",
        "The configuration is good for Production.\n",
    ] {
        assert!(said(&output).contains(part), "{part}\n{}", said(&output));
    }
}

/// A server that nobody could look into would not be noticed until somebody has to.
#[test]
fn a_taken_admin_port_ends_the_start_in_production() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    embedded(&mut command, folder.path());
    let url = format!("http://{}", taken.local_addr().unwrap());
    let output = refused(command.env("Urls", "http://127.0.0.1:0").env("Admin__Urls", &url));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let last = said(&output).lines().last().unwrap().to_owned();
    for part in ["Admin:Urls", &url["http://".len()..], "in use", "Admin:Urls=off"] {
        assert!(last.contains(part), "{part}: {last}");
    }
}

/// Every key that is a secret, set to something that must be seen nowhere.
/// Proves: B8.
#[tokio::test]
async fn secrets_are_seen_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let secret: Vec<_> = registry::ALL.iter().filter(|def| def.secret).collect();
    assert!(secret.len() >= 10);
    let aliases = secret.iter().flat_map(|def| def.aliases).map(|alias| alias.key);
    let names: Vec<_> = secret.iter().map(|def| def.key).chain(aliases).collect();
    for (suffix, value) in [
        ("plain", SENTINEL.to_owned()),
        ("connection string", format!("Server=h;User Id=u;Password={SENTINEL}")),
        ("placeholder", format!("[{SENTINEL}]")),
        ("address", format!("https://u:{SENTINEL}@h/?sig={SENTINEL}")),
    ] {
        for arguments in [&["serve"][..], &["config", "show"], &["config", "check"]] {
            let mut command = command(folder.path());
            for name in &names {
                command.env(name.replace(":*", ":0").replace(':', "__"), &value);
            }
            // Keys that are no secrets by themselves can hold one by mistake.
            command.env("Seq__ServerUrl", format!("https://u:{SENTINEL}@seq"));
            command.env("Auth__SigningKey", &value).env("SQLCONNSTR_Other", &value);
            let output = command
                .args(arguments)
                .args(["--break-glass", &format!("jwt-key={value}")])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(78), "{}", said(&output));
            assert!(!said(&output).contains("sentinel"), "{suffix} {arguments:?}: {}", said(&output));
        }
    }

    // A server that starts with its secrets, and is given bad ones later.
    for name in ["jwt-key", "db-password", "redis-password", "Seq__ApiKey", "Unknown__Secret"] {
        fs::write(folder.path().join("secrets").join(name), SENTINEL).unwrap();
    }
    let server = Logged::start(folder.path(), |command| {
        command.env("Serilog__MinimumLevel", "Verbose").env("Bootstrap__AdminPassword", SENTINEL);
        command.env("ApplicationInsights__ConnectionString", format!("InstrumentationKey={SENTINEL}"));
        command.args(["serve", "--break-glass", &format!("jwt-key-next={SENTINEL}-next")]);
    })
    .await;
    server.get("/api/v1/me", Some(SENTINEL)).await;
    replace(&folder.path().join("secrets/jwt-key"), "short sentinel");
    server.until_said("Changed settings were refused").await;
    assert!(server.said().contains("--break-glass overrides every other source for jwt-key-next."));
    assert!(!server.said().contains("sentinel"), "{}", server.said());
}

/// Proves: K9.
#[test]
fn a_key_that_is_too_short_or_a_folder_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    fs::write(folder.path().join("secrets/jwt-key"), "k".repeat(31)).unwrap();
    embedded(&mut command, folder.path());
    let output = command.arg("serve").stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    assert!(said(&output).contains("jwt-key = '***'"), "{}", said(&output));
    let output = command.env("Secrets__Directory", "/no/such/folder").output().unwrap();
    assert!(said(&output).contains("Secrets:Directory = '/no/such/folder'"), "{}", said(&output));
}
