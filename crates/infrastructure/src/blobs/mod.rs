//! Stores of files: a directory, or Azure Blob Storage.

pub mod azure;
pub mod connection_string;
pub mod directory;
mod meter;
pub mod options;
pub mod replaceable;

pub use options::{BlobOptions, open};
