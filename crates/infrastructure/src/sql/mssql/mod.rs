//! SQL Server over TDS. Nothing outside this folder knows which driver it is.

pub mod answers;
pub mod batch;
pub mod connection_string;
pub mod diagnose;
mod driver;
pub mod engine;
pub mod error;
pub mod json;
pub mod memory;
pub mod migrate;
pub mod pool;
pub mod reader;
pub mod restore_plan;
pub mod session;
pub mod tx;
pub mod values;
pub mod writer;
