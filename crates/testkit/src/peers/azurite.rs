//! Azurite, the emulator of Azure Blob Storage, with its content in memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Peer, program};
use crate::free_port::free_port;

const START_TIMEOUT: Duration = Duration::from_secs(30);
/// The emulator's own account, whose key is public.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

pub struct Azurite {
    peer: Peer,
    port: u16,
    folder: TempDir,
}

impl Azurite {
    pub async fn start() -> Self {
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        let mut azurite = Self { peer: Peer::start(&mut command(port, &folder)), port, folder };
        azurite.wait().await;
        azurite
    }

    /// `kill -9`; what it held is gone.
    pub fn kill(&mut self) {
        self.peer.kill();
    }

    /// Starts again on the same port, empty.
    pub async fn restart(&mut self) {
        self.peer.kill();
        self.peer = Peer::start(&mut command(self.port, &self.folder));
        self.wait().await;
    }

    /// Hangs: connections stay open and nothing is answered.
    pub fn stop(&self) {
        self.peer.signal("STOP");
    }

    pub fn resume(&self) {
        self.peer.signal("CONT");
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/{ACCOUNT}", self.port)
    }

    pub fn connection_string(&self) -> String {
        self.with_key(KEY)
    }

    pub fn with_key(&self, key: &str) -> String {
        format!(
            "DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};BlobEndpoint={};",
            self.endpoint()
        )
    }

    async fn wait(&mut self) {
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            if let Some(status) = self.peer.ended() {
                panic!("Azurite ended with {status}");
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("Azurite was not ready after {START_TIMEOUT:?}");
    }
}

fn command(port: u16, folder: &TempDir) -> Command {
    let mut command = Command::new(program("azurite-blob"));
    command
        .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()])
        .args(["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}
