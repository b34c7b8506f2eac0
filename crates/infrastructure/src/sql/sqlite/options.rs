//! The options of the embedded engine.

use std::sync::Arc;
use std::time::Duration;

use application::ports::pace::{Pace, Unpaced};

use super::archive::ArchiveOptions;
use super::page_cache::{PAGE_CACHE_BYTES_DEFAULT, PageCache};

#[derive(Clone)]
pub struct SqliteOptions {
    /// Read-only connections.
    pub readers: u32,
    /// All page caches together, in bytes.
    pub page_cache_bytes: u64,
    /// Works that may share one commit.
    pub group_works_max: usize,
    /// Works that may wait for the writer; beyond it callers are told to come again.
    pub queue_works_max: usize,
    /// How long a statement waits for another process's lock.
    pub busy_timeout: Duration,
    /// Whether every page that is committed is kept for backups.
    pub archive: Option<ArchiveOptions>,
    /// Asked by reads and writes that take long.
    pub pace: Arc<dyn Pace>,
}

impl SqliteOptions {
    pub fn page_cache(&self) -> PageCache {
        PageCache::new(self.page_cache_bytes, self.readers)
    }
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            page_cache_bytes: PAGE_CACHE_BYTES_DEFAULT,
            group_works_max: 256,
            queue_works_max: 4_096,
            busy_timeout: Duration::from_secs(10),
            archive: None,
            pace: Arc::new(Unpaced),
        }
    }
}
