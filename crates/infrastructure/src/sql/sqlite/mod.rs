//! SQLite, the embedded engine: one writer thread, and readers that never wait for it (WAL).

pub mod long_reads;
pub mod page_cache;
pub mod reader;
pub mod tx;
pub mod values;
pub mod writer;
