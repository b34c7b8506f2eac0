//! Caches: one in the process, and one that shares Redis with the other processes (F1 to F12).

pub mod connection_string;
mod envelope;
pub mod followed;
mod glob;
pub mod identity;
pub mod key;
pub mod layered;
mod local;
pub mod memory;
pub mod redis;
mod shared;
mod statistics;
mod ttl;

pub use ttl::Ttl;
