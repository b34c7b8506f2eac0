//! The files of a directory of blobs: each blob has one with its bytes, and one beside it that describes them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use application::ports::blobs::{
    BlobError, BlobInfo, BlobKey, BlobLabel, BlobPage, BlobPrefix, BlobResult, from_hex,
};
use domain::ids::BlobId;
use serde::{Deserialize, Serialize};

/// The description of a blob, kept beside it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    pub size: u64,
    pub sha256: String,
    pub content_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
}

/// A file that is removed unless it was renamed away.
pub struct Partial(pub PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> BlobResult<T> + Send + 'static,
) -> BlobResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(BlobError::Internal(format!("work on the directory of files broke off: {error}"))),
    }
}

pub fn description_file(path: &Path) -> PathBuf {
    path.with_extension("json")
}

/// Puts a whole file in its place. An earlier file is removed first: for a moment there is nothing rather than bytes
/// with another's description.
pub fn publish(partial: &Partial, target: &Path, description: &Description) -> BlobResult<()> {
    let folder = target.parent().ok_or_else(|| BlobError::Internal("a key without a folder".to_owned()))?;
    let step = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        match fs::remove_file(target) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let beside = Partial(partial.0.with_added_extension("json"));
        let mut file = File::create_new(&beside.0)?;
        serde_json::to_writer(&mut file, description)?;
        file.sync_all()?;
        fs::rename(&beside.0, description_file(target))?;
        fs::rename(&partial.0, target)?;
        // The names are durable when their folder is.
        File::open(folder)?.sync_all()
    };
    step().map_err(|error| failure(&error))
}

pub fn describe(key: BlobKey, path: &Path) -> BlobResult<Option<BlobInfo>> {
    let size = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failure(&error)),
    };
    let damaged = |what: &str| BlobError::Internal(format!("the blob {key} is damaged: {what}"));
    let text = match fs::read(description_file(path)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(damaged("it has no description")),
        Err(error) => return Err(failure(&error)),
    };
    let description: Description =
        serde_json::from_slice(&text).map_err(|_| damaged("its description cannot be read"))?;
    if description.size != size {
        return Err(damaged(&format!("{size} bytes instead of {}", description.size)));
    }
    let sha256 = from_hex(&description.sha256).ok_or_else(|| damaged("its checksum cannot be read"))?;
    let label = BlobLabel { content_type: description.content_type, disposition: description.disposition };
    Ok(Some(BlobInfo { key, size, sha256: Some(sha256), label }))
}

/// The first keys behind `after`. A folder may be large: only a page of its names is kept at a time.
pub fn page(folder: &Path, prefix: BlobPrefix, after: Option<&str>, limit: usize) -> BlobResult<BlobPage> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(BlobPage { blobs: Vec::new(), next: None });
        }
        Err(error) => return Err(failure(&error)),
    };
    let mut first: BTreeSet<BlobId> = BTreeSet::new();
    for entry in entries {
        let name = entry.map_err(|error| failure(&error))?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<BlobId>().ok()) else { continue };
        if after.is_some_and(|after| id.to_string().as_str() <= after) {
            continue;
        }
        first.insert(id);
        if first.len() > limit + 1 {
            first.pop_last();
        }
    }
    let more = first.len() > limit;
    let ids: Vec<_> = first.into_iter().take(limit).collect();
    let next = if more { ids.last().map(ToString::to_string) } else { None };
    let mut blobs = Vec::with_capacity(ids.len());
    for id in ids {
        // A file deleted in the meantime is not there.
        if let Ok(metadata) = fs::metadata(folder.join(id.to_string())) {
            blobs.push((BlobKey { tenant: prefix.tenant, kind: prefix.kind, id }, metadata.len()));
        }
    }
    Ok(BlobPage { blobs, next })
}

pub fn failure(error: &io::Error) -> BlobError {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::StorageFull
        | ErrorKind::QuotaExceeded
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::PermissionDenied => BlobError::Full(text),
        ErrorKind::TimedOut => BlobError::Timeout(text),
        // A share of the network that went away.
        ErrorKind::StaleNetworkFileHandle
        | ErrorKind::NetworkDown
        | ErrorKind::NetworkUnreachable
        | ErrorKind::HostUnreachable
        | ErrorKind::NotConnected => BlobError::Unavailable(text),
        _ => BlobError::Internal(text),
    }
}
