//! What every adapter of a port must do, told once and run on each.

pub mod blobs;
pub mod cache;
pub mod secrets;
