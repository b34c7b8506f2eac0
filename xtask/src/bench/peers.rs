//! Redis and Azurite as processes of the bench's own, on private loopback ports.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::programs::of_machine;
use super::server::{free_address, signal};
use super::{Result, text};

const START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a peer may take for one answer while it starts.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// The emulator's own account, whose key is public.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A process that ends with the bench.
struct Peer(Child);

impl Peer {
    fn start(program: &str, arguments: &[&str], folder: &Path) -> Result<Self> {
        let mut command = Command::new(of_machine(program)?);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.spawn().map_err(|error| format!("{program} does not start: {error}"))?;
        Ok(Self(child))
    }

    fn wait_until(&mut self, program: &str, ready: impl Fn() -> bool) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            if ready() {
                return Ok(());
            }
            if let Some(status) = text(self.0.try_wait())? {
                return Err(format!("{program} ended with {status}"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(format!("{program} was not ready after {START_TIMEOUT:?}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A redis-server as docs/CACHING.md says it should be run.
pub struct Redis {
    peer: Peer,
    pub address: String,
    folder: PathBuf,
}

impl Redis {
    pub fn start(folder: &Path) -> Result<Self> {
        let address = text(free_address())?;
        Ok(Self { peer: Self::launch(&address, folder)?, address, folder: folder.to_owned() })
    }

    fn launch(address: &str, folder: &Path) -> Result<Peer> {
        let port = address.rsplit(':').next().unwrap_or_default();
        let place = ["--bind", "127.0.0.1", "--port", port];
        let cache_only = ["--save", "", "--appendonly", "no"];
        let bounds = ["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"];
        let mut peer = Peer::start("redis-server", &[&place[..], &cache_only, &bounds].concat(), folder)?;
        peer.wait_until("redis-server", || pong(address).is_ok_and(|answered| answered))?;
        Ok(peer)
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        text(self.peer.0.kill())?;
        text(self.peer.0.wait()).map(|_| ())
    }

    /// On the same port, empty.
    pub fn start_again(&mut self) -> Result<()> {
        self.peer = Self::launch(&self.address, &self.folder)?;
        Ok(())
    }

    /// Hangs: connections stay open and nothing is answered.
    pub fn stop(&self) -> Result<()> {
        signal("STOP", &self.peer.0)
    }

    pub fn resume(&self) -> Result<()> {
        signal("CONT", &self.peer.0)
    }
}

fn pong(address: &str) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(b"PING\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim() == "+PONG")
}

/// The emulator of Azure Blob Storage, with its content in memory.
pub struct Azurite {
    _peer: Peer,
    address: String,
}

impl Azurite {
    pub fn start(folder: &Path) -> Result<Self> {
        let address = text(free_address())?;
        let port = address.rsplit(':').next().unwrap_or_default();
        let place = ["--blobHost", "127.0.0.1", "--blobPort", port];
        let manner = ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent"];
        let mut peer = Peer::start("azurite-blob", &[&place[..], &manner].concat(), folder)?;
        peer.wait_until("azurite-blob", || TcpStream::connect(&address).is_ok())?;
        Ok(Self { _peer: peer, address })
    }

    pub fn connection_string(&self) -> String {
        let endpoint = format!("http://{}/{ACCOUNT}", self.address);
        format!(
            "DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"
        )
    }
}
