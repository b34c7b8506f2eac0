//! The real binary as a process on a private loopback port.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub use crate::free_port::free_port;
use crate::world::PASSWORD;

/// How long a server may take until it is ready.
const START_TIMEOUT: Duration = Duration::from_secs(180);

/// Where the admin listener of a test is: wherever there is room. The server says where that was.
pub const ADMIN_URLS: &str = "http://127.0.0.1:0";
/// How long it may take to say so.
const SAID_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a refusal of a start may take.
const REFUSED_TIMEOUT: Duration = Duration::from_secs(30);
/// The text before the address.
const ADMIN_SAID: &str = "The admin listener is on: ";
/// How long a line may be on its way: the server writes what it says a little later, together.
pub const LOG_DELAY: Duration = Duration::from_millis(50);

pub struct Server {
    child: Child,
    pub url: String,
    pub folder: PathBuf,
}

fn log_of(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

/// A command of the binary with its data in `folder` and nothing of the caller's environment that would configure it.
pub fn command(binary: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(folder)
        .env("ASPNETCORE_ENVIRONMENT", "Development")
        // A developer's user-secrets are there.
        .env("HOME", folder)
        .env_remove("CARGO_MANIFEST_DIR")
        // Any free port: servers of tests run side by side.
        .env("Admin__Urls", ADMIN_URLS)
        .env("Bootstrap__Tenant", "home")
        .env("Bootstrap__AdminEmail", "admin@home.example")
        .env("Bootstrap__AdminPassword", PASSWORD);
    command
}

/// A command that runs a line of shell and then the binary in its process.
pub fn command_after(line: &str, binary: &Path, folder: &Path) -> Command {
    let mut command = command(Path::new("bash"), folder);
    command.args(["-c", &format!("{line}; exec \"$0\""), &binary.display().to_string()]);
    command
}

/// The output of a start that is to be refused. One that goes on is killed after a while, and then has no exit code.
pub fn refused(command: &mut Command) -> Output {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() && began.elapsed() < REFUSED_TIMEOUT {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    child.wait_with_output().unwrap()
}

impl Server {
    /// Starts the binary (`env!("CARGO_BIN_EXE_erp-api")` of the caller) and waits until it is ready.
    pub async fn start(binary: &Path, folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::run(command(binary, folder), folder, settings).await
    }

    /// Starts the binary after a line of shell, which may restrict the process, and waits until it is ready.
    pub async fn start_after(line: &str, binary: &Path, folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::run(command_after(line, binary, folder), folder, settings).await
    }

    /// Starts the binary without waiting for anything.
    pub fn spawn(binary: &Path, folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::launch(command(binary, folder), folder, settings)
    }

    async fn run(command: Command, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::launch(command, folder, settings);
        server.wait_until_ready().await;
        server
    }

    /// A process of a test that makes its own command.
    pub fn launch(mut command: Command, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let url = format!("http://127.0.0.1:{}", free_port());
        let log = File::create(log_of(folder)).unwrap();
        command
            .env("ASPNETCORE_URLS", &url)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null());
        for (key, value) in settings {
            command.env(key.replace(':', "__"), value);
        }
        let child = command.spawn().unwrap();
        Self { child, url, folder: folder.to_owned() }
    }

    pub async fn wait_until_ready(&mut self) {
        let began = Instant::now();
        let client = reqwest::Client::new();
        while began.elapsed() < START_TIMEOUT {
            if let Ok(answer) = client.get(format!("{}/health/ready", self.url)).send().await
                && answer.status().is_success()
            {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended with {status}: {}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server was not ready after {START_TIMEOUT:?}");
    }

    /// The log so far.
    pub fn log(&self) -> String {
        std::thread::sleep(LOG_DELAY);
        std::fs::read_to_string(log_of(&self.folder)).unwrap()
    }

    /// Where its admin listener is; it says so at the level `Information`.
    pub fn admin_url(&self) -> String {
        let began = Instant::now();
        loop {
            let log = self.log();
            let said = log.split_once(ADMIN_SAID).and_then(|(_, rest)| rest.split_once([' ', '\n']));
            if let Some((address, _)) = said {
                return address.to_owned();
            }
            // A log may be a moment behind.
            assert!(began.elapsed() < SAID_TIMEOUT, "it did not say where its admin listener is: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A token of the administrator.
    pub async fn token(&self) -> String {
        let form = [
            ("grant_type", "password"),
            ("username", "admin@home.example"),
            ("password", PASSWORD),
            ("tenant", "home"),
        ];
        let url = format!("{}/api/v1/auth/token", self.url);
        let answer = reqwest::Client::new().post(url).form(&form).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and answers its exit code.
    pub fn stop(mut self) -> i32 {
        self.terminate();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        // The shell's own `kill`, because not every machine has the program.
        Command::new("bash").args(["-c", "kill -TERM \"$0\"", &id]).status().unwrap();
    }

    /// Its exit code once it has ended; fails the test when it has not after `limit`.
    pub async fn ended(&mut self, limit: Duration) -> i32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            assert!(began.elapsed() < limit, "it has not ended: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
