//! The HTTP edge and the parts of the binary.

pub mod cli;
pub mod config;
pub mod health;
pub mod telemetry;
