//! A server process of its own, in a temporary folder, on a private loopback port.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::http::Connection;
use super::programs::Programs;

const PASSWORD: &str = "quiet lanterns over seven harbours";

/// Where and with what a server runs; started twice, it finds what it left.
pub struct Site<'a> {
    pub programs: &'a Programs,
    pub folder: PathBuf,
    /// Variables of its environment.
    pub settings: Vec<(&'static str, String)>,
}

pub struct Server {
    child: Child,
    pub address: String,
    pub start: Duration,
}

/// The limits of the door, which a load from one machine would run into.
pub const NO_RATES: [&str; 5] = [
    "Limits__RatePerMinutePerAddress",
    "Limits__RatePerMinutePerTenant",
    "Limits__RatePerMinutePerUser",
    "Limits__SignInsPerMinutePerAddress",
    "Limits__SignInsPerMinutePerAccount",
];

/// A loopback address nobody listens on at this moment.
pub fn free_address() -> io::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

impl Server {
    /// Starts the release binary on an empty database, or on the one the site already has.
    pub fn start(site: &Site<'_>) -> io::Result<Self> {
        fs::create_dir_all(&site.folder)?;
        let address = free_address()?;
        let began = Instant::now();
        let child = Command::new(site.programs.server())
            .current_dir(&site.folder)
            .env("ASPNETCORE_ENVIRONMENT", "Development")
            .env("ASPNETCORE_URLS", format!("http://{address}"))
            .env("Admin__Urls", "off")
            .env("Bootstrap__Tenant", "bench")
            .env("Bootstrap__AdminEmail", "bench@example.com")
            .env("Bootstrap__AdminPassword", PASSWORD)
            .env("Bootstrap__Currency", "USD")
            .env("Bootstrap__Template", "empty")
            .env("Serilog__MinimumLevel__Default", "Warning")
            // One client stands for many.
            .envs(NO_RATES.map(|name| (name, "0")))
            .envs(site.settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Self { child, address, start: Duration::ZERO };
        server.wait("/health/ready", began)?;
        Ok(server)
    }

    /// Starts the bare axum route that reads are compared with.
    pub fn start_bare(binary: &Path) -> io::Result<Self> {
        let address = free_address()?;
        let began = Instant::now();
        let child = Command::new(binary).arg(&address).stdout(Stdio::null()).spawn()?;
        let mut server = Self { child, address, start: Duration::ZERO };
        server.wait("/", began)?;
        Ok(server)
    }

    fn wait(&mut self, path: &str, began: Instant) -> io::Result<()> {
        while began.elapsed() < Duration::from_secs(120) {
            if let Ok(mut connection) = Connection::open(&self.address, "")
                && connection.get(path).is_ok_and(|answer| answer.status == 200)
            {
                self.start = began.elapsed();
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("the server ended with {status}")));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(io::Error::other("the server did not become ready"))
    }

    /// A token of the administrator.
    pub fn token(&self) -> io::Result<String> {
        let form = format!(
            "grant_type=password&username=bench%40example.com&password={}",
            PASSWORD.replace(' ', "%20").replace(',', "%2C")
        );
        let mut connection = Connection::open(&self.address, "")?;
        let answer =
            connection.post("/api/v1/auth/token", "application/x-www-form-urlencoded", form.as_bytes())?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let token = body["access_token"].as_str().map(str::to_owned);
        token.ok_or_else(|| io::Error::other(format!("no token: {body}")))
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kib.unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = signal("TERM", &self.child);
        let _ = self.child.wait();
    }
}

/// A token of whoever this is, and the id of some account of the books.
pub fn sign_in(address: &str, user: &str, password: &str) -> io::Result<(String, String)> {
    let encoded = |text: &str| text.replace(' ', "%20").replace(',', "%2C").replace('@', "%40");
    let form = format!("grant_type=password&username={}&password={}", encoded(user), encoded(password));
    let mut connection = Connection::open(address, "")?;
    let answer =
        connection.post("/api/v1/auth/token", "application/x-www-form-urlencoded", form.as_bytes())?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let token = body["access_token"].as_str().ok_or_else(|| io::Error::other(format!("no token: {body}")))?;
    let answer = Connection::open(address, token)?.get("/api/v1/accounts?limit=1&code=6210")?;
    let list: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let id = list["items"][0]["id"].as_str();
    let id = id.ok_or_else(|| io::Error::other(format!("no account: {list}")))?;
    Ok((token.to_owned(), id.to_owned()))
}

/// `STOP`, `CONT` or another signal by its name.
pub fn signal(name: &str, child: &Child) -> Result<(), String> {
    let id = child.id().to_string();
    // The shell's own `kill`, because not every machine has the program.
    let sent = Command::new("bash").args(["-c", "kill -\"$0\" \"$1\"", name, &id]).status();
    let sent = sent.is_ok_and(|status| status.success());
    if sent { Ok(()) } else { Err(format!("kill -{name} {id} failed")) }
}
