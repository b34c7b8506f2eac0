//! The ports of the application. Adapters live in `infrastructure`.

pub mod batch;
pub mod blobs;
pub mod bookkeeping;
pub mod cache;
pub mod change;
pub mod clock;
pub mod codes;
pub mod configuration;
pub mod counts;
pub mod database;
pub mod pace;
pub mod progress;
pub mod slow_statements;
pub mod storage_error;
pub mod stored;
