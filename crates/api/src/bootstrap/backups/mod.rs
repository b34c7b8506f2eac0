//! Backups of the embedded database: by the calendar in a server, and by command.

pub mod command;
mod schedule;
mod service;

use std::sync::Arc;

use application::platform::backups::{Calendar, Retention};
use application::ports::blobs::BlobStore;
use application::ports::clock::{Clock, Ids};
use infrastructure::backups::check::clear_abandoned;
use infrastructure::backups::take::Known;
use infrastructure::backups::{BackupError, Backups, KeyRing, Repository, SealingKey, Source};

use super::stores::{open_blobs, open_container};
use super::{Failure, Parts};
use crate::config::{BlobChoice, Environment, Settings};

pub use service::Service;

/// Folder of backups in the data folder.
const FOLDER: &str = "backups";

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        Self::Other(error.to_string())
    }
}

/// Whether a text is a key for backups.
pub fn check_key(text: &str, _: Environment) -> Result<Vec<String>, String> {
    SealingKey::parse(text).map(|_| Vec::new())
}

/// The backups of a server, where the settings say that it takes any.
pub fn of_server(settings: &Settings, parts: &Parts) -> Result<Option<Arc<Service>>, Failure> {
    let Some(archive) = parts.database.archive() else { return Ok(None) };
    let application = &parts.state.application;
    let ports = (application.clock.clone(), application.ids.clone());
    let backups = put_together(settings, Source::Live(archive), parts.live.blobs.clone(), ports)?;
    Ok(Some(Arc::new(Service::new(backups, Calendar::new(settings.backup.log_seconds)))))
}

fn put_together(
    settings: &Settings,
    source: Source,
    files: Arc<dyn BlobStore>,
    (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>),
) -> Result<Backups, Failure> {
    clear_abandoned(source.database())?;
    Ok(Backups {
        repository: repository(settings)?,
        keys: keys(settings)?,
        source,
        files,
        retention: Retention { days: settings.backup.retention_days, ..Retention::default() },
        clock,
        ids,
        known: Known::default(),
    })
}

/// The repository of the backups.
fn repository(settings: &Settings) -> Result<Repository, Failure> {
    let choice = match (&settings.backup.store, &settings.blobs) {
        (Some(choice), _) => choice.clone(),
        (None, BlobChoice::Directory(_)) => BlobChoice::Directory(settings.data_directory.join(FOLDER)),
        (None, azure) => azure.clone(),
    };
    Ok(Repository::new(open_container(&choice, &settings.backup.container, settings)?))
}

fn keys(settings: &Settings) -> Result<KeyRing, Failure> {
    let key = |text: &application::ports::configuration::SecretText| {
        SealingKey::parse(text.expose())
            .map_err(|reason| Failure::Configuration(format!("a key of Backup:EncryptionKey {reason}")))
    };
    let backup = &settings.backup;
    Ok(KeyRing {
        current: backup.key.as_ref().map(key).transpose()?,
        retired: backup.retired_keys.iter().map(key).collect::<Result<_, _>>()?,
    })
}

/// The file store of the rows.
fn files(settings: &Settings) -> Result<Arc<dyn BlobStore>, Failure> {
    open_blobs(&settings.blobs, settings)
}
