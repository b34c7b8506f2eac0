//! The two profiles, each with its dependencies behind something that fails on order.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::relay::{Mode, Relay};
use crate::bench::{Cloud, of_machine};

type Result<T> = std::result::Result<T, String>;

/// How long every piece waits at a dependency that is slow.
pub const SLOW: Duration = Duration::from_millis(200);
/// Takes the lock of SQLite's writer and keeps it: for good, or in turns.
const LOCKER: &str = "
import sqlite3, sys, time
file, pause = sys.argv[1], float(sys.argv[2])
connection = sqlite3.connect(file, timeout=30, isolation_level=None)
while True:
    connection.execute('BEGIN IMMEDIATE')
    print('held', flush=True)
    time.sleep(pause or 3600)
    connection.execute('ROLLBACK')
    time.sleep(pause)
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Killed,
    Hung,
    Slow,
}

impl Fault {
    pub const ALL: [Self; 3] = [Self::Killed, Self::Hung, Self::Slow];
    pub fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Hung => "hung",
            Self::Slow => "slow",
        }
    }
    fn mode(self) -> Mode {
        match self {
            Self::Killed => Mode::Killed,
            Self::Hung => Mode::Hung,
            Self::Slow => Mode::Slow(SLOW),
        }
    }
}

pub enum Dependency {
    Relayed(&'static str, Relay),
    /// Another program holds the writer's lock; there is no server that could be killed.
    Sqlite(PathBuf, Option<Child>),
    /// The folder is moved away; a folder neither hangs nor is slow.
    Folder(PathBuf),
}

impl Dependency {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Relayed(name, _) => name,
            Self::Sqlite(..) => "sqlite",
            Self::Folder(_) => "file store",
        }
    }

    /// Begins the fault; false where this dependency cannot have it.
    pub fn fail(&mut self, fault: Fault) -> Result<bool> {
        match self {
            Self::Relayed(_, relay) => relay.set(fault.mode()),
            Self::Sqlite(..) if fault == Fault::Killed => return Ok(false),
            Self::Sqlite(file, locker) => *locker = Some(hold(file, fault == Fault::Slow)?),
            Self::Folder(_) if fault != Fault::Killed => return Ok(false),
            Self::Folder(folder) => {
                text(std::fs::rename(&*folder, away(folder)))?;
                // A file in its place, so that it is not simply made again.
                text(std::fs::write(&*folder, b""))?;
            }
        }
        Ok(true)
    }

    pub fn heal(&mut self) -> Result<()> {
        match self {
            Self::Relayed(_, relay) => relay.set(Mode::Forwarding),
            Self::Sqlite(_, locker) => {
                if let Some(mut locker) = locker.take() {
                    text(locker.kill())?;
                    text(locker.wait())?;
                }
            }
            Self::Folder(folder) => {
                text(std::fs::remove_file(&*folder))?;
                text(std::fs::rename(away(folder), &*folder))?;
            }
        }
        Ok(())
    }
}

fn away(folder: &Path) -> PathBuf {
    folder.with_extension("away")
}

fn hold(file: &Path, in_turns: bool) -> Result<Child> {
    let pause = if in_turns { SLOW.as_secs_f64() } else { 0.0 };
    let mut command = Command::new(of_machine("python3")?);
    command.args(["-c", LOCKER]).arg(file).arg(pause.to_string()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = text(command.spawn())?;
    let mut held = [0; 4];
    let mut out = child.stdout.take().ok_or("the locker has no output")?;
    text(std::io::Read::read_exact(&mut out, &mut held))?;
    // It goes on writing; what nobody reads must not block it.
    std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    Ok(child)
}

/// A profile: the settings of the server, and the dependencies that can fail.
pub struct Site {
    pub profile: &'static str,
    pub folder: PathBuf,
    pub settings: Vec<(&'static str, String)>,
    pub dependencies: Vec<Dependency>,
    /// The processes that belong to it.
    _peers: Option<Cloud>,
    _stubs: Option<Stubs>,
}

/// The database and the file store in a folder, and a collector of telemetry.
pub async fn embedded(folder: &Path) -> Result<Site> {
    let data = folder.join("data");
    let collector = relay_to(collector().await?).await?;
    let settings = vec![("OpenTelemetry__Endpoint", format!("http://127.0.0.1:{}", collector.port()))];
    let dependencies = vec![
        Dependency::Sqlite(data.join("erp.db"), None),
        Dependency::Folder(data.join("blobs")),
        Dependency::Relayed("collector", collector),
    ];
    Ok(Site {
        profile: "embedded",
        folder: folder.to_owned(),
        settings,
        dependencies,
        _peers: None,
        _stubs: None,
    })
}

/// SQL Server, Redis, Azurite, the stubs of the vault and the store of settings, and a collector.
pub async fn cloud(folder: &Path, sql_server: &str, peers: Cloud, stubs: Stubs) -> Result<Site> {
    let (host, port) = endpoint_of(sql_server)?;
    let database = relay_to(format!("{host}:{port}")).await?;
    let [(_, database_text), (_, redis_at), (_, azurite)] = peers.settings();
    let azurite_at = blob_address(&azurite)?;
    let (redis, blobs) = (relay_to(redis_at).await?, relay_to(azurite_at.clone()).await?);
    let (azure, collector) = (relay_to(stubs.address.clone()).await?, relay_to(collector().await?).await?);
    let azurite = azurite.replace(&azurite_at, &format!("127.0.0.1:{}", blobs.port()));
    let origin = format!("https://localhost:{}", azure.port());
    let mut settings = vec![
        ("ConnectionStrings__DefaultConnection", with_server(&database_text, database.port())),
        ("ConnectionStrings__Redis", format!("127.0.0.1:{}", redis.port())),
        ("AzureStorage__ConnectionString", azurite),
        ("KeyVault__Uri", origin.clone()),
        ("AppConfig__Endpoint", origin.clone()),
        ("AppConfig__RefreshSeconds", "1".to_owned()),
        ("ReloadInterval", "00:00:01".to_owned()),
        ("OpenTelemetry__Endpoint", format!("http://127.0.0.1:{}", collector.port())),
        ("AZURE_AUTHORITY_HOST", origin),
    ];
    settings.extend(stubs.environment.clone());
    let dependencies = vec![
        Dependency::Relayed("sql-server", database),
        Dependency::Relayed("redis", redis),
        Dependency::Relayed("blob-storage", blobs),
        Dependency::Relayed("key-vault and app-configuration", azure),
        Dependency::Relayed("collector", collector),
    ];
    let (folder, _peers, _stubs) = (folder.to_owned(), Some(peers), Some(stubs));
    Ok(Site { profile: "cloud", folder, settings, dependencies, _peers, _stubs })
}

async fn relay_to(target: String) -> Result<Relay> {
    text(Relay::to(target).await)
}

/// Host and port of `Server=host,port`.
fn endpoint_of(connection: &str) -> Result<(String, String)> {
    let server = connection.split(';').find_map(|pair| pair.trim().strip_prefix("Server="));
    let server = server.ok_or("ERP_TEST_SQLSERVER names no Server=")?.trim_start_matches("tcp:");
    let (host, port) = server.split_once(',').unwrap_or((server, "1433"));
    Ok((host.to_owned(), port.trim().to_owned()))
}

/// The host and port of the blobs in a connection string.
fn blob_address(connection: &str) -> Result<String> {
    let endpoint = connection.split_once("BlobEndpoint=http://").and_then(|(_, rest)| rest.split_once('/'));
    Ok(endpoint.ok_or("no BlobEndpoint")?.0.to_owned())
}

fn with_server(connection: &str, port: u16) -> String {
    let server = format!("Server=127.0.0.1,{port}");
    let pairs =
        connection.split(';').map(|pair| if pair.trim().starts_with("Server=") { &server } else { pair });
    pairs.collect::<Vec<_>>().join(";")
}

/// Takes whatever is exported and answers that all is well.
async fn collector() -> Result<String> {
    let listener = text(TcpListener::bind("127.0.0.1:0").await)?;
    let address = text(listener.local_addr())?.to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = vec![0; 64 << 10];
                // It answers whatever has come so far, which is enough for one who only counts answers.
                while socket.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    if socket.write_all(answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(address)
}

/// The stubs of Key Vault, App Configuration and Entra: a process of their own.
pub struct Stubs {
    child: Child,
    address: String,
    environment: Vec<(&'static str, String)>,
}

impl Drop for Stubs {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Stubs {
    pub fn start(program: &Path, folder: &Path) -> Result<Self> {
        text(std::fs::create_dir_all(folder))?;
        let mut command = Command::new(program);
        command
            .arg("--directory")
            .arg(folder)
            .args(["--secret", "jwt-key=of the faults' vault, and nothing secret"]);
        let mut child = text(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn())?;
        let out = child.stdout.take().ok_or("the stubs have no output")?;
        let mut documents = serde_json::Deserializer::from_reader(out).into_iter::<serde_json::Value>();
        let said = documents.next().ok_or("the stubs said nothing")?.map_err(|error| error.to_string())?;
        let origin = said["authorityHost"].as_str().ok_or_else(|| format!("no address: {said}"))?;
        let port = origin.rsplit(':').next().unwrap_or_default().trim_end_matches('/').to_owned();
        let of = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let file = |name: &str| folder.join(name).display().to_string();
        let environment = vec![
            ("AZURE_TENANT_ID", of("tenantId")),
            ("AZURE_CLIENT_ID", of("clientId")),
            ("AZURE_FEDERATED_TOKEN_FILE", file("federated-token")),
            ("SSL_CERT_FILE", file("ca.pem")),
        ];
        Ok(Self { child, address: format!("127.0.0.1:{port}"), environment })
    }
}

/// Says where the run is.
pub fn progress(text: &str) {
    // When nobody listens the table still comes.
    let _ = writeln!(std::io::stderr().lock(), "  {text}");
}

fn text<T>(result: std::io::Result<T>) -> Result<T> {
    result.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_leads_through_the_relay() {
        let given = "Server=tcp:db.example,14333;User Id=a;Password=b";
        assert_eq!(endpoint_of(given).unwrap(), ("db.example".to_owned(), "14333".to_owned()));
        assert_eq!(with_server(given, 7), "Server=127.0.0.1,7;User Id=a;Password=b");
        assert_eq!(endpoint_of("Server=db").unwrap().1, "1433");
        assert!(endpoint_of("Data Source=x").is_err());
    }
}
