//! Restores the database of one moment from the store.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use application::platform::backups::{Entry, Plan};

use super::keys::KeyRing;
use super::replay::Replay;
use super::sealed::SealReader;
use super::{BackupError, Repository};

const BUFFER_BYTES: usize = 256 * 1024;

/// Fetches what a backup holds, compares it with its manifest and opens it.
pub async fn opened(
    repository: &Repository,
    keys: &KeyRing,
    entry: &Entry,
    folder: &Path,
) -> Result<PathBuf, BackupError> {
    let (sealed, opened) = (folder.join("sealed"), folder.join(format!("{}.opened", entry.id)));
    repository.fetch(entry, &sealed).await?;
    let (keys, entry, to) = (keys.clone(), entry.clone(), opened.clone());
    blocking(move || {
        let from = BufReader::with_capacity(BUFFER_BYTES, File::open(&sealed)?);
        let told = |error: io::Error| {
            BackupError::Damaged(format!("backup {} ({}): {error}", entry.id, entry.kind.as_str()))
        };
        let mut reader = SealReader::open(from, &keys, entry.id).map_err(told)?;
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, File::create(&to)?);
        io::copy(&mut reader, &mut file).map_err(told)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?;
        reader.ended().map_err(told)?;
        Ok(std::fs::remove_file(&sealed)?)
    })
    .await?;
    Ok(opened)
}

/// The database of the moment that a plan is made for, as a file in `folder`. Everything is compared with its checksums before
/// it is used; the structure of the result is for the caller to verify.
pub async fn restored(
    repository: &Repository,
    keys: &KeyRing,
    plan: &Plan,
    folder: &Path,
) -> Result<PathBuf, BackupError> {
    let copy = opened(repository, keys, &plan.full, folder).await?;
    let whole_from = plan.differential.as_ref().map_or(plan.full.to, |diff| diff.to);
    let mut replay = Replay::onto(&copy, plan.full.from, whole_from, plan.at)?;
    for entry in plan.differential.iter().chain(&plan.logs).filter(|entry| entry.has_data()) {
        let pages = opened(repository, keys, entry, folder).await?;
        let (entry, is_log) = (entry.clone(), plan.differential.as_ref() != Some(entry));
        replay = blocking(move || {
            let brought = if is_log { replay.log(&pages) } else { replay.differential(&pages, entry.to) };
            brought.map_err(|error| {
                BackupError::Damaged(format!("backup {} ({}): {error}", entry.id, entry.kind.as_str()))
            })?;
            std::fs::remove_file(&pages)?;
            Ok(replay)
        })
        .await?;
    }
    blocking(move || Ok(replay.end()?)).await?;
    Ok(copy)
}

/// Runs what reads and writes much without holding up others.
pub(super) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(act).await.map_err(|error| BackupError::File(io::Error::other(error)))?
}
