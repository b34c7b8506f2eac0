//! SQLite, the embedded engine: one writer thread, and readers that never wait for it (WAL).

pub mod archive;
pub mod assumed_sizes;
pub mod damage;
pub mod file;
pub mod lock;
pub mod long_reads;
pub mod options;
pub mod page_cache;
pub mod pauses;
pub mod probe;
pub mod pulse;
pub mod reader;
pub mod tx;
pub mod values;
mod violations;
pub mod writer;
