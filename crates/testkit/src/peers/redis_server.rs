//! Redis: one server, with or without password, TLS and persistence, and a cluster of three.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Peer, program};
use crate::free_port::free_port;

const START_TIMEOUT: Duration = Duration::from_secs(20);
const NODES: usize = 3;
const SLOTS: usize = 16_384;

/// How a server is to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct RedisSetup {
    pub password: Option<&'static str>,
    /// Speaks TLS only, with a certificate of its own authority for `localhost` and 127.0.0.1.
    pub tls: bool,
    /// Keeps everything it acknowledged over a `kill -9`.
    pub durable: bool,
    pub cluster: bool,
    /// Lines for its configuration.
    pub lines: &'static [&'static str],
}

pub struct RedisServer {
    peer: Peer,
    setup: RedisSetup,
    port: u16,
    bus_port: u16,
    folder: TempDir,
}

impl RedisServer {
    pub async fn start() -> Self {
        Self::with(RedisSetup::default()).await
    }

    pub async fn with(setup: RedisSetup) -> Self {
        let (port, bus_port, folder) = (free_port(), free_port(), tempfile::tempdir().unwrap());
        if setup.tls {
            certificates(folder.path());
        }
        std::fs::write(folder.path().join("redis.conf"), configuration(setup, port, bus_port)).unwrap();
        let mut server = Self { peer: launch(folder.path()), setup, port, bus_port, folder };
        server.wait().await;
        server
    }

    /// `host:port` and what else the string needs.
    pub fn connection_string(&self) -> String {
        let password = self.setup.password.map_or(String::new(), |password| format!(",password={password}"));
        let tls = if self.setup.tls { ",ssl=true" } else { "" };
        format!("{}{tls}{password}", self.endpoint())
    }

    pub fn endpoint(&self) -> String {
        let host = if self.setup.tls { "localhost" } else { "127.0.0.1" };
        format!("{host}:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The authority's certificate.
    pub fn authority(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("ca.crt")).unwrap()
    }

    /// The authority's certificate; empty for a server that speaks no TLS.
    pub fn authority_if_any(&self) -> Vec<u8> {
        if self.setup.tls { self.authority() } else { Vec::new() }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.peer.kill();
    }

    pub async fn restart(&mut self) {
        self.peer.kill();
        self.peer = launch(self.folder.path());
        self.wait().await;
    }

    /// Hangs: connections stay open and nothing is answered.
    pub fn stop(&self) {
        self.peer.signal("STOP");
    }

    pub fn resume(&self) {
        self.peer.signal("CONT");
    }

    /// The answer of `redis-cli`.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(program("redis-cli"));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "--no-auth-warning"]);
        if let Some(password) = self.setup.password {
            command.args(["-a", password]);
        }
        if self.setup.tls {
            command.arg("--tls").arg("--cacert").arg(self.folder.path().join("ca.crt"));
        }
        let output = command.args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs commands, one a line, through one connection.
    pub fn pipe(&self, commands: &str) {
        use std::io::Write;
        let mut command = Command::new(program("redis-cli"));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "--pipe"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    async fn wait(&mut self) {
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            let answer = self.cli(&["PING"]);
            if answer == "PONG" || answer.starts_with("NOAUTH") {
                return;
            }
            if let Some(status) = self.peer.ended() {
                panic!("redis-server ended with {status}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("redis-server was not ready after {START_TIMEOUT:?}");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // A stopped process is killed all the same; this only lets it end at once.
        self.peer.kill();
    }
}

fn launch(folder: &Path) -> Peer {
    let mut command = Command::new(program("redis-server"));
    command.arg("redis.conf").current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    Peer::start(&mut command)
}

fn configuration(setup: RedisSetup, port: u16, bus_port: u16) -> String {
    let mut lines: Vec<String> = [
        "bind 127.0.0.1",
        "daemonize no",
        "save \"\"",
        "maxmemory 256mb",
        "maxmemory-policy allkeys-lru",
        "slowlog-log-slower-than 10000",
        "slowlog-max-len 1024",
    ]
    .map(str::to_owned)
    .to_vec();
    match setup.tls {
        true => lines.push(format!(
            "port 0\ntls-port {port}\ntls-cert-file server.crt\ntls-key-file server.key\n\
             tls-ca-cert-file ca.crt\ntls-auth-clients no"
        )),
        false => lines.push(format!("port {port}")),
    }
    match setup.durable {
        true => lines.push("appendonly yes\nappendfsync always".to_owned()),
        false => lines.push("appendonly no".to_owned()),
    }
    if let Some(password) = setup.password {
        lines.push(format!("requirepass {password}"));
    }
    if setup.cluster {
        lines.push(format!("cluster-enabled yes\ncluster-node-timeout 3000\ncluster-port {bus_port}"));
    }
    lines.extend(setup.lines.iter().map(|line| (*line).to_owned()));
    lines.join("\n") + "\n"
}

/// An authority and a certificate of it.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let output = Command::new(program("openssl"))
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -days 90 -subj /CN=authority",
    );
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=server",
    );
    openssl(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 90 -extfile names",
    );
}

/// Three primaries that share the slots.
pub struct RedisCluster(pub Vec<RedisServer>);

impl RedisCluster {
    pub async fn start() -> Self {
        let mut nodes = Vec::with_capacity(NODES);
        for _ in 0..NODES {
            nodes.push(RedisServer::with(RedisSetup { cluster: true, ..RedisSetup::default() }).await);
        }
        for (index, node) in nodes.iter().enumerate() {
            let (first, end) = (index * SLOTS / NODES, (index + 1) * SLOTS / NODES);
            let slots = [first.to_string(), (end - 1).to_string()];
            assert_eq!(node.cli(&["CLUSTER", "ADDSLOTSRANGE", &slots[0], &slots[1]]), "OK");
            let (port, bus) = (nodes[0].port.to_string(), nodes[0].bus_port.to_string());
            assert_eq!(node.cli(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]), "OK");
        }
        let cluster = Self(nodes);
        cluster.wait().await;
        cluster
    }

    async fn wait(&self) {
        let began = Instant::now();
        let complete = |node: &RedisServer| {
            let info = node.cli(&["CLUSTER", "INFO"]);
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
        };
        while !self.0.iter().all(complete) {
            assert!(began.elapsed() < START_TIMEOUT, "the cluster was not ready after {START_TIMEOUT:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// One of its nodes is enough.
    pub fn connection_string(&self) -> String {
        self.0[0].connection_string()
    }
}

/// The folder of a server, for what a test puts there.
impl AsRef<Path> for RedisServer {
    fn as_ref(&self) -> &Path {
        self.folder.path()
    }
}

/// A Sentinel that watches one server under a name.
pub struct RedisSentinel {
    _peer: Peer,
    _folder: TempDir,
    port: u16,
}

impl RedisSentinel {
    pub async fn watching(server: &RedisServer, name: &str) -> Self {
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        let text = format!(
            "bind 127.0.0.1\nport {port}\ndaemonize no\nsentinel monitor {name} 127.0.0.1 {} 1\n",
            server.port
        );
        let file: PathBuf = folder.path().join("sentinel.conf");
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new(program("redis-server"));
        command.arg(&file).arg("--sentinel").current_dir(folder.path());
        let peer = Peer::start(command.stdin(Stdio::null()).stdout(Stdio::null()));
        let began = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(began.elapsed() < START_TIMEOUT, "the Sentinel was not ready after {START_TIMEOUT:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { _peer: peer, _folder: folder, port }
    }

    pub fn endpoint(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
