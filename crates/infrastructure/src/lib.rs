//! Adapters: the engines, the SQL, the cache, the system's clock and random source. No business rule.

pub mod blobs;
pub mod cache;
pub mod identity;
pub mod persistence;
pub mod secrets;
pub mod sql;
pub mod system;
