//! A directory: `{tenant}/{kind}/{id}` holds the bytes, `{id}.json` beside it what is known of them.
//!
//! A blob is there when its file is. It is written elsewhere, made durable and then renamed, after its description, so
//! that a crash at any moment leaves either all of it or nothing to be seen.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use application::ports::blobs::{
    BLOB_PAGE_MAX, Blob, BlobError, BlobInfo, BlobKey, BlobLabel, BlobPage, BlobPrefix, BlobResult,
    BlobStore, Expected, Incoming, Purpose, SignedUrl, from_hex, hex,
};
use async_trait::async_trait;
use domain::ids::BlobId;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufWriter};
use tokio_util::io::ReaderStream;

use super::meter::{Meter, cut, exactly};

/// Bytes gathered before they are written, and read at a time.
const BUFFER_BYTES: usize = 256 * 1024;
/// Where blobs are while they are written; no tenant is called so.
const INCOMING: &str = "incoming";
/// What an earlier process left half-written is removed at start once it is this old.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the probe waits for the file system: less than a health check may take, so that the text is this one's.
const PROBE_TIMEOUT: Duration = Duration::from_millis(1_500);

/// What is known of a blob, beside it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    size: u64,
    sha256: String,
    content_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition: Option<String>,
}

pub struct DirectoryBlobs {
    root: Arc<PathBuf>,
    /// Tells concurrent writes of one key apart.
    writes: AtomicU64,
}

/// A file that is removed unless it was renamed away.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl DirectoryBlobs {
    /// Creates the directory and clears away what a crash left half-written long ago.
    pub fn open(root: impl Into<PathBuf>) -> BlobResult<Self> {
        let root = root.into();
        let incoming = root.join(INCOMING);
        fs::create_dir_all(&incoming).map_err(|error| failure(&error))?;
        for entry in fs::read_dir(&incoming).map_err(|error| failure(&error))?.flatten() {
            let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
            if matches!(age, Ok(Ok(age)) if age > ABANDONED_AFTER) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { root: Arc::new(root), writes: AtomicU64::new(0) })
    }

    fn folder(&self, prefix: BlobPrefix) -> PathBuf {
        self.root.join(prefix.tenant.to_string()).join(prefix.kind.as_str())
    }

    /// Keys hold no text of a person, so no path can lead out of the directory.
    fn file(&self, key: BlobKey) -> PathBuf {
        self.folder(BlobPrefix { tenant: key.tenant, kind: key.kind }).join(key.id.to_string())
    }

    fn partial(&self, key: BlobKey) -> Partial {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        Partial(self.root.join(INCOMING).join(format!("{}.{}.{number}", key.id, std::process::id())))
    }
}

#[async_trait]
impl BlobStore for DirectoryBlobs {
    async fn put(
        &self,
        key: BlobKey,
        mut content: Incoming,
        expected: Expected,
        label: &BlobLabel,
    ) -> BlobResult<BlobInfo> {
        let partial = self.partial(key);
        let file = tokio::fs::File::create_new(&partial.0).await.map_err(|error| failure(&error))?;
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, file);
        let mut meter = Meter::new(expected);
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(BlobError::Incoming)?;
            meter.add(&piece)?;
            writer.write_all(&piece).await.map_err(|error| failure(&error))?;
        }
        writer.flush().await.map_err(|error| failure(&error))?;
        let size = meter.size;
        let sha256 = meter.finish()?;
        writer.get_ref().sync_all().await.map_err(|error| failure(&error))?;
        let description = Description {
            size,
            sha256: hex(&sha256),
            content_type: label.content_type.clone(),
            disposition: label.disposition.clone(),
        };
        let target = self.file(key);
        blocking(move || publish(&partial, &target, &description)).await?;
        Ok(BlobInfo { key, size, sha256: Some(sha256), label: label.clone() })
    }

    async fn get(&self, key: BlobKey, range: Option<Range<u64>>) -> BlobResult<Blob> {
        let path = self.file(key);
        let missing = move |error: io::Error| match error.kind() {
            ErrorKind::NotFound => BlobError::NotFound(key),
            _ => failure(&error),
        };
        // Opened before it is described: a file that is deleted in between can still be read.
        let mut file = tokio::fs::File::open(&path).await.map_err(missing)?;
        let info = blocking(move || describe(key, &path)).await?.ok_or(BlobError::NotFound(key))?;
        let range = cut(range, info.size)?;
        file.seek(io::SeekFrom::Start(range.start)).await.map_err(|error| failure(&error))?;
        let length = range.end - range.start;
        let content = ReaderStream::with_capacity(file.take(length), BUFFER_BYTES)
            .map(|piece| piece.map_err(|error| failure(&error)))
            .boxed();
        Ok(Blob { info, range, content: exactly(content, length) })
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobInfo>> {
        let path = self.file(key);
        blocking(move || describe(key, &path)).await
    }

    async fn delete(&self, key: BlobKey) -> BlobResult<bool> {
        let path = self.file(key);
        blocking(move || {
            let was_there = match fs::remove_file(&path) {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(failure(&error)),
            };
            match fs::remove_file(description_file(&path)) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(failure(&error)),
                _ => Ok(was_there),
            }
        })
        .await
    }

    async fn list(&self, prefix: BlobPrefix, after: Option<&str>, limit: u32) -> BlobResult<BlobPage> {
        let folder = self.folder(prefix);
        let after = after.map(str::to_owned);
        blocking(move || page(&folder, prefix, after.as_deref(), limit.clamp(1, BLOB_PAGE_MAX) as usize))
            .await
    }

    async fn signed_url(&self, _: BlobKey, _: Purpose, _: Duration) -> BlobResult<Option<SignedUrl>> {
        Ok(None)
    }

    async fn probe(&self) -> Result<(), String> {
        let file = self.root.join(INCOMING).join(format!("probe.{}", std::process::id()));
        let write = tokio::task::spawn_blocking(move || {
            fs::write(&file, b"probe").and_then(|()| fs::remove_file(&file))
        });
        match tokio::time::timeout(PROBE_TIMEOUT, write).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => Err(format!("the directory of files cannot be written: {error}")),
            Ok(Err(_)) => Err("the probe of the directory of files broke off".to_owned()),
            Err(_) => Err(format!("the directory of files did not answer within {PROBE_TIMEOUT:?}")),
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> BlobResult<T> + Send + 'static) -> BlobResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(BlobError::Internal(format!("work on the directory of files broke off: {error}"))),
    }
}

fn description_file(path: &Path) -> PathBuf {
    path.with_extension("json")
}

/// Puts a whole file in its place. What was there is removed first: for a moment there is nothing rather than bytes
/// with another's description.
fn publish(partial: &Partial, target: &Path, description: &Description) -> BlobResult<()> {
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

fn describe(key: BlobKey, path: &Path) -> BlobResult<Option<BlobInfo>> {
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
fn page(folder: &Path, prefix: BlobPrefix, after: Option<&str>, limit: usize) -> BlobResult<BlobPage> {
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
        // What was deleted in the meantime is not there.
        if let Ok(metadata) = fs::metadata(folder.join(id.to_string())) {
            blobs.push((BlobKey { tenant: prefix.tenant, kind: prefix.kind, id }, metadata.len()));
        }
    }
    Ok(BlobPage { blobs, next })
}

fn failure(error: &io::Error) -> BlobError {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::StorageFull
        | ErrorKind::QuotaExceeded
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::PermissionDenied => BlobError::Full(text),
        ErrorKind::TimedOut => BlobError::Timeout(text),
        _ => BlobError::Internal(text),
    }
}
