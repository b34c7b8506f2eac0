//! The contract of every adapter of a port, written once and run on each.

pub mod blobs;
pub mod cache;
pub mod secrets;
