//! Adapters: the engines, the SQL, the cache, files on paper, the system's clock and random source. No business rule.

pub mod backups;
pub mod blobs;
pub mod cache;
pub mod certificates;
pub mod disk;
mod http_calls;
pub mod identity;
pub mod persistence;
pub mod printing;
pub mod private_files;
pub mod secrets;
pub mod sql;
pub mod system;
pub mod telemetry;

/// A keyword of a connection string for a message; not when it looks like a piece of a value, which may be a secret.
pub(crate) fn shown_keyword(keyword: &str) -> String {
    let plain = keyword.len() <= 40
        && keyword.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '_' | '$'));
    if plain { keyword.to_owned() } else { "(not shown)".to_owned() }
}
