//! A directory: `{tenant}/{kind}/{id}` holds the bytes, `{id}.json` beside it what is known of them.
//!
//! A blob is there when its file is. It is written elsewhere, made durable and then renamed, after its description, so
//! that a crash at any moment leaves either all of it or nothing to be seen.

mod files;

use std::fs;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use application::ports::blobs::{
    BLOB_PAGE_MAX, Blob, BlobError, BlobInfo, BlobKey, BlobLabel, BlobPage, BlobPrefix, BlobResult,
    BlobStore, Expected, Incoming, Purpose, SignedUrl, hex,
};
use async_trait::async_trait;
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufWriter};
use tokio_util::io::ReaderStream;

use self::files::{Description, Partial, blocking, describe, description_file, failure, page, publish};
use super::meter::{Meter, cut, exactly};

/// Bytes gathered before they are written, and read at a time.
const BUFFER_BYTES: usize = 256 * 1024;
/// The folder of blobs that are being written; no tenant has this name.
const INCOMING: &str = "incoming";
/// The age at which files that an earlier process left half-written are removed at start.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the probe waits for the file system: less than a health check may take, so that the text is this one's.
const PROBE_TIMEOUT: Duration = Duration::from_millis(1_500);

pub struct DirectoryBlobs {
    root: Arc<PathBuf>,
    /// Tells concurrent writes of one key apart.
    writes: AtomicU64,
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

    /// Nothing is missing or broken as long as the directory itself is away, such as a mount that is gone: an empty folder in
    /// its place has none of what [`open`](Self::open) made there.
    async fn unless_away<T: Send>(&self, found: BlobResult<T>, absent: fn(&T) -> bool) -> BlobResult<T> {
        let doubtful = match &found {
            Ok(found) => absent(found),
            Err(error) => matches!(error, BlobError::NotFound(_) | BlobError::Internal(_)),
        };
        if !doubtful || tokio::fs::try_exists(self.root.join(INCOMING)).await.is_ok_and(|there| there) {
            return found;
        }
        Err(BlobError::Unavailable("the directory of files is not there".to_owned()))
    }

    fn partial(&self, key: BlobKey) -> Partial {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        Partial(self.root.join(INCOMING).join(format!("{}.{}.{number}", key.id, std::process::id())))
    }
}

/// The work itself, where the directory is there.
impl DirectoryBlobs {
    async fn put_there(
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

    async fn get_there(&self, key: BlobKey, range: Option<Range<u64>>) -> BlobResult<Blob> {
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

    async fn head_there(&self, key: BlobKey) -> BlobResult<Option<BlobInfo>> {
        let path = self.file(key);
        blocking(move || describe(key, &path)).await
    }

    async fn delete_there(&self, key: BlobKey) -> BlobResult<bool> {
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

    async fn list_there(&self, prefix: BlobPrefix, after: Option<&str>, limit: u32) -> BlobResult<BlobPage> {
        let folder = self.folder(prefix);
        let after = after.map(str::to_owned);
        blocking(move || page(&folder, prefix, after.as_deref(), limit.clamp(1, BLOB_PAGE_MAX) as usize))
            .await
    }
}

#[async_trait]
impl BlobStore for DirectoryBlobs {
    async fn put(
        &self,
        key: BlobKey,
        content: Incoming,
        expected: Expected,
        label: &BlobLabel,
    ) -> BlobResult<BlobInfo> {
        self.unless_away(self.put_there(key, content, expected, label).await, |_| false).await
    }

    async fn get(&self, key: BlobKey, range: Option<Range<u64>>) -> BlobResult<Blob> {
        self.unless_away(self.get_there(key, range).await, |_| false).await
    }

    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobInfo>> {
        self.unless_away(self.head_there(key).await, Option::is_none).await
    }

    async fn delete(&self, key: BlobKey) -> BlobResult<bool> {
        self.unless_away(self.delete_there(key).await, |was_there| !was_there).await
    }

    async fn list(&self, prefix: BlobPrefix, after: Option<&str>, limit: u32) -> BlobResult<BlobPage> {
        self.unless_away(self.list_there(prefix, after, limit).await, |page| page.blobs.is_empty()).await
    }

    async fn signed_url(&self, _: BlobKey, _: Purpose, _: Duration) -> BlobResult<Option<SignedUrl>> {
        Ok(None)
    }

    async fn cool(&self, _: BlobKey) -> BlobResult<bool> {
        Ok(false)
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
