//! The archive of an embedded database: every page that is committed, kept beside it until it is backed up.
//!
//! SQLite writes a commit into its write-ahead log first, and into the file when the log is checkpointed; then it begins
//! the log anew. The writer, which alone writes and checkpoints, copies the log into [`pages`] files before each checkpoint
//! and whenever a backup asks for it. A full copy and every page written since restore any commit (docs/adr/0052).

mod archiving;
mod commits;
pub mod pages;
pub mod spool;
pub mod wal;

pub use archiving::{Archiving, SharedSpool};
pub use spool::{ArchiveOptions, Archived, Segment, Spool};
