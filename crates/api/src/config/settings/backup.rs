//! `Backup:…`.

use std::path::Path;

use application::ports::configuration::SecretText;

use crate::config::choices::{self, BlobChoice, ConnectionChecks};
use crate::config::error::{Notice, Problem};
use crate::config::reader::Reader;
use crate::config::registry as keys;

/// Backups of the embedded database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub enabled: bool,
    /// `None`: where the files are.
    pub store: Option<BlobChoice>,
    pub container: String,
    pub key: Option<SecretText>,
    pub retired_keys: Vec<SecretText>,
    pub log_seconds: u32,
    pub retention_days: u32,
    pub archive_bytes: u64,
}

pub(super) fn backup(reader: &mut Reader<'_>, checks: &ConnectionChecks, data_directory: &Path) -> Backup {
    let enabled = reader.switch(&keys::BACKUP_ENABLED);
    let key = reader.text(&keys::BACKUP_KEY);
    if let Some(key) = &key {
        choices::check(reader, &keys::BACKUP_KEY, checks.backup_key, key);
    } else if enabled {
        let environment = reader.environment();
        if environment.is_development() {
            let text = format!("Backups are not encrypted ({}).", keys::BACKUP_KEY.key);
            reader.notice(Notice::warning(text));
        } else {
            let reason = format!("is required in {environment} where backups are taken");
            reader.report(Problem::new(keys::BACKUP_KEY.key, reason));
        }
    }
    let retired = reader.group(&keys::BACKUP_RETIRED_KEYS);
    for (index, key) in &retired {
        if let Err(reason) = (checks.backup_key)(key, reader.environment()) {
            reader.reject_member(&keys::BACKUP_RETIRED_KEYS, index, reason);
        }
    }
    let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    Backup {
        enabled,
        store: store(reader, checks, data_directory),
        container: reader.text(&keys::BACKUP_CONTAINER).unwrap_or_default(),
        key: key.map(SecretText::new),
        retired_keys: retired.into_iter().map(|(_, key)| SecretText::new(key)).collect(),
        log_seconds: small(reader.integer(&keys::BACKUP_LOG)),
        retention_days: small(reader.integer(&keys::BACKUP_DAYS)),
        archive_bytes: reader.integer(&keys::BACKUP_ARCHIVE) << 20,
    }
}

fn store(reader: &mut Reader<'_>, checks: &ConnectionChecks, data_directory: &Path) -> Option<BlobChoice> {
    let def = &keys::BACKUP_CONNECTION;
    let text = reader.optional(def)?;
    let container = reader.text(&keys::BACKUP_CONTAINER).unwrap_or_default();
    choices::check(reader, &keys::BACKUP_CONTAINER, checks.azure_container, &container);
    if let Some(directory) = choices::directory(&text) {
        if directory.as_os_str().is_empty() {
            reader.reject(def, "names no directory after file://");
        }
        return Some(BlobChoice::Directory(data_directory.join(directory)));
    }
    choices::check(reader, def, checks.azure_storage, &text);
    Some(BlobChoice::Azure(SecretText::new(text)))
}
