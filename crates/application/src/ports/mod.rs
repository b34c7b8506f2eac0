//! The ports of the application. Adapters live in `infrastructure`.

pub mod batch;
pub mod blobs;
pub mod cache;
pub mod change;
pub mod clock;
pub mod configuration;
pub mod counts;
pub mod database;
pub mod pace;
pub mod slow_statements;
pub mod storage_error;
pub mod stored;
pub mod unit_of_work;
