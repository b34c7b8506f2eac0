//! How many connections there are, and how long each may keep the server waiting.

use std::time::Duration;

use crate::resources::Resources;

/// Longest the head of a request may take from its first byte, and a new connection until that byte, in seconds.
pub const HEAD_SECONDS_MAX: u64 = 10;
/// Longest a connection may be idle between requests, in seconds.
pub const IDLE_SECONDS_MAX: u64 = 75;
/// How long a client may leave what it was sent unread, in seconds.
pub const UNREAD_SECONDS_MAX: u64 = 60;
/// Largest head of a request, and most bytes of a connection that wait to be read or written: 64 KiB.
pub const BUFFER_BYTES_MAX: usize = 64 << 10;
/// How long a connection beyond the limit waits for one that is idle to be closed.
pub const WAITING_MAX: Duration = Duration::from_millis(250);

/// How much more of a refused request is read before its connection is closed, and for how long: 1 MiB, one second.
pub const UNREAD_BYTES_MAX: u64 = 1 << 20;
pub const LINGERING_MAX: Duration = Duration::from_secs(1);

/// The memory that a connection may take while it is used: buffers, and the need of a request in progress by itself.
const CONNECTION_BYTES: u64 = 32 << 10;
/// Connections may take one part in so many of the memory.
const MEMORY_PART: u64 = 8;
/// One part in so many of the files that may be open is kept for the database, the file store and logs; and at least
/// [`FILES_KEPT_MIN`].
const FILES_PART: u64 = 8;
const FILES_KEPT_MIN: u64 = 40;
const CONNECTIONS_MIN: u64 = 16;
const CONNECTIONS_MAX: u64 = 65_536;

/// Connections at once, unless a setting says otherwise: as many as memory and files allow.
pub fn connections_max(resources: &Resources) -> usize {
    let by_memory = resources.memory_bytes / MEMORY_PART / CONNECTION_BYTES;
    let kept = (resources.open_files / FILES_PART).max(FILES_KEPT_MIN);
    let by_files = resources.open_files.saturating_sub(kept);
    by_memory.min(by_files).clamp(CONNECTIONS_MIN, CONNECTIONS_MAX) as usize
}

/// How long a connection may keep the server waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the whole head of a request, and for its first byte on a new connection.
    pub head: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// For a client that does not read.
    pub unread: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(HEAD_SECONDS_MAX),
            idle: Duration::from_secs(IDLE_SECONDS_MAX),
            unread: Duration::from_secs(UNREAD_SECONDS_MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(memory_mib: u64, open_files: u64) -> usize {
        connections_max(&Resources {
            memory_bytes: memory_mib << 20,
            cpus: 1.0,
            quota: None,
            open_files,
            usage: None,
        })
    }

    #[test]
    fn connections_follow_memory_and_files() {
        assert_eq!(with(512, 20_000), 2_048, "an eighth of the memory, 32 KiB each");
        assert_eq!(with(65_536, 20_000), 17_500, "seven eighths of the files");
        assert_eq!(with(512, 64), 24, "a small limit keeps 40 files for the database");
        assert_eq!((with(1, 20_000), with(512, 20)), (16, 16));
        assert_eq!(with(1 << 30, u64::MAX), 65_536);
    }
}
