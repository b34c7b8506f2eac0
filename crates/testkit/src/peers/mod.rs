//! Real programs that tests talk to, each on a private loopback port and gone with its test.

mod azurite;
mod redis_server;
mod relay;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

pub use azurite::Azurite;
pub use redis_server::{RedisCluster, RedisSentinel, RedisServer, RedisSetup};
pub use relay::Relay;

/// Where `scripts/setup` puts tools of other languages, below the target folder.
const TOOLS: [&str; 3] = ["tools/npm/node_modules/.bin", "tools/venv/bin", "tools/bin"];

/// A program of this machine. Fails the test when it is not there: what a peer proves is not optional.
pub fn program(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| panic!("{name} is not on this machine; scripts/setup installs it"))
}

/// A program of this machine, if it is there.
pub fn find(name: &str) -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        |folder| Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder),
    );
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(TOOLS.iter().map(|tools| target.join(tools)));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A child process that ends with the test, also when the test panics.
pub struct Peer(Child);

impl Peer {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}")))
    }

    /// `STOP`, `CONT` or another signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        // The shell's own `kill`, because not every machine has the program.
        let sent = Command::new("bash").args(["-c", "kill -\"$0\" \"$1\"", name, &id]).status().unwrap();
        assert!(sent.success(), "kill -{name} {id}");
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<String> {
        self.0.try_wait().unwrap().map(|status| status.to_string())
    }

    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.kill();
    }
}
