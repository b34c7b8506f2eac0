//! The page caches of the embedded engine, bounded as a whole: half for the writer, which needs the pages of every index
//! it adds to, and the rest shared by whoever reads. A connection takes of its share only what its pages need.

use super::long_reads::LONG_READS_MAX;

/// All page caches together unless configured: 256 MiB.
pub const PAGE_CACHE_BYTES_DEFAULT: u64 = 256 << 20;
/// The least one connection can work with.
const CONNECTION_KIB_MIN: u64 = 512;

/// How much memory the connections may keep pages in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageCache {
    bytes: u64,
    readers: u32,
}

impl PageCache {
    pub fn new(bytes: u64, readers: u32) -> Self {
        Self { bytes, readers: readers.max(1) }
    }

    /// The memory that the writer may take, in KiB.
    pub fn writer_kib(self) -> u64 {
        (self.bytes / 2 / 1024).max(CONNECTION_KIB_MIN)
    }

    /// The memory that one reader may take, in KiB; long reads count as readers.
    pub fn reader_kib(self) -> u64 {
        let readers = u64::from(self.readers) + LONG_READS_MAX as u64;
        (self.bytes / 2 / 1024 / readers).max(CONNECTION_KIB_MIN)
    }

    /// The value of `PRAGMA cache_size` for so many KiB.
    pub fn pragma(kib: u64) -> String {
        format!("-{kib}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::SqliteOptions;
    use super::super::tx::open_writer;
    use super::*;

    #[test]
    fn all_caches_together_stay_within_the_whole() {
        for (mib, readers) in [(256, 4), (32, 2), (1_024, 16)] {
            let cache = PageCache::new(mib << 20, readers);
            let all = cache.writer_kib() + cache.reader_kib() * (u64::from(readers) + LONG_READS_MAX as u64);
            assert!(all <= mib * 1024 && all > mib * 1024 * 9 / 10, "{mib} MiB: {all} KiB");
        }
    }

    #[test]
    fn the_writer_is_opened_with_its_share() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions { readers: 2, page_cache_bytes: 8 << 20, ..SqliteOptions::default() };
        let connection = open_writer(&folder.path().join("x.db"), &options).unwrap();
        let size: i64 = connection.query_row("PRAGMA cache_size", [], |row| row.get(0)).unwrap();
        assert_eq!(size, -4_096);
    }
}
