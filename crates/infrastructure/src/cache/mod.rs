//! Caches. The embedded profile has one, in the process.

pub mod memory;
