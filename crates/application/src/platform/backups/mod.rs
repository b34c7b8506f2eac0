//! Backups of an embedded database: what there is, when the next is due, which are kept, and which restore a moment.
//!
//! Everything here is a function of the catalogue; bytes are the adapter's (docs/BACKUP.md).

pub mod calendar;
pub mod entry;
pub mod plan;
pub mod retention;
pub mod service;
pub mod sql_server;

pub use calendar::Calendar;
pub use entry::{BackupKind, Entry, Lsn};
pub use plan::{NoPlan, Plan, plan};
pub use retention::{Fate, Retention, fates};
