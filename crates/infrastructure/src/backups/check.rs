//! Reading backups back.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use application::platform::backups::{BackupKind, Entry, plan};
use domain::time::Timestamp;
use tempfile::TempDir;
use tracing::warn;

use super::keys::KeyRing;
use super::restore::{blocking, opened, restored};
use super::{BackupError, Backups, Repository};
use crate::sql::backup;
use crate::sql::sqlite::archive::pages::PageReader;

const BUFFER_BYTES: usize = 256 * 1024;

impl Backups {
    /// Reads a backup back and checks it: everything of its bytes, and of a full one the whole structure of the database.
    pub async fn verify(&self, entry: &Entry) -> Result<(), BackupError> {
        verify(&self.repository, &self.keys, entry, self.source.database()).await
    }

    /// Restores the newest moment into a folder and checks what comes out of it. Answers that moment.
    pub async fn practise(&self) -> Result<(TempDir, PathBuf, Timestamp), BackupError> {
        let catalogue = self.entries().await?;
        let newest = catalogue.iter().map(|entry| entry.covers_until).max();
        let at = newest.ok_or_else(|| BackupError::Refused("there is no backup yet".to_owned()))?;
        let plan = plan(&catalogue, at)?;
        let folder = self.folder()?;
        let copy = restored(&self.repository, &self.keys, &plan, folder.path()).await?;
        let checked = copy.clone();
        blocking(move || Ok(backup::verify(&checked)?)).await?;
        Ok((folder, copy, at))
    }
}

/// Reads a backup back and checks it, without an open database.
pub async fn verify(
    repository: &Repository,
    keys: &KeyRing,
    entry: &Entry,
    database: &Path,
) -> Result<(), BackupError> {
    if !entry.has_data() {
        return Ok(());
    }
    let folder = beside(database)?;
    let path = opened(repository, keys, entry, folder.path()).await?;
    let entry = entry.clone();
    blocking(move || {
        if entry.kind == BackupKind::Full {
            return Ok(backup::verify(&path).map(drop)?);
        }
        let damaged = |error: io::Error| {
            BackupError::Damaged(format!("backup {} ({}): {error}", entry.id, entry.kind.as_str()))
        };
        let mut reader =
            PageReader::open(BufReader::with_capacity(BUFFER_BYTES, File::open(&path)?)).map_err(damaged)?;
        let (first, mut page) = (reader.next, Vec::new());
        while reader.next(&mut page).map_err(damaged)?.is_some() {}
        if entry.kind == BackupKind::Log && (first, reader.next) != (entry.from, entry.to) {
            warn!(target: "erp::backup", id = %entry.id, "A log holds other places than its manifest says");
            return Err(damaged(io::Error::other("it holds other places than its manifest says")));
        }
        Ok(())
    })
    .await
}

/// The folders that a server or a command of backups keeps for a while. Only the holder of the database's lock makes
/// them.
const WORKING: &str = ".backup-";

/// A folder beside the database, so that a copy needs no second file system to fit into.
pub fn beside(database: &Path) -> io::Result<TempDir> {
    folder(database, ".restore-")
}

/// A working folder beside the database, for the holder of its lock.
pub(super) fn working_folder(database: &Path) -> io::Result<TempDir> {
    folder(database, WORKING)
}

fn folder(database: &Path, kind: &str) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(&prefix(database, kind)).tempdir_in(parent(database))
}

/// With the name of the database, because other things may lie in that folder.
fn prefix(database: &Path, kind: &str) -> String {
    format!("{}{kind}", database.file_name().unwrap_or_default().to_string_lossy())
}

fn parent(database: &Path) -> &Path {
    database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes what a process that was killed left behind; to be called by whoever has the lock of the database.
pub fn clear_abandoned(database: &Path) -> io::Result<()> {
    let working = prefix(database, WORKING);
    for entry in std::fs::read_dir(parent(database))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&working) && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
