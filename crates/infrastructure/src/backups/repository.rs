//! Backups in the file store: `backup-manifests/{id}` says what `backups/{id}` is.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use application::error::AppError;
use application::platform::backups::Entry;
use application::platform::backups::entry::MANIFEST_VERSION;
use application::ports::blobs::{
    BLOB_PAGE_MAX, BlobError, BlobKey, BlobKind, BlobLabel, BlobPrefix, BlobStore, Expected, from_hex,
};
use bytes::Bytes;
use domain::ids::{BlobId, TenantId};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::BackupError;

/// Bytes read at a time on the way into the store.
const BUFFER_BYTES: usize = 256 * 1024;
/// Largest manifest that is read.
const MANIFEST_BYTES_MAX: usize = 64 * 1024;
/// Manifests that are fetched at the same time.
const MANIFESTS_AT_ONCE: usize = 16;

/// A database holds every tenant, so its backups belong to none of them.
pub const NOBODY: TenantId = TenantId::new(Uuid::nil());

#[derive(Clone)]
pub struct Repository {
    store: Arc<dyn BlobStore>,
}

fn key(kind: BlobKind, id: Uuid) -> BlobKey {
    BlobKey { tenant: NOBODY, kind, id: BlobId::new(id) }
}

impl Repository {
    pub fn new(store: Arc<dyn BlobStore>) -> Self {
        Self { store }
    }

    pub fn store(&self) -> &dyn BlobStore {
        &*self.store
    }

    /// Every backup there is, the oldest first.
    pub async fn catalogue(&self) -> Result<Vec<Entry>, BackupError> {
        let ids = self.ids(BlobKind::BackupManifest).await?;
        stream::iter(ids).map(|id| self.manifest(id)).buffered(MANIFESTS_AT_ONCE).try_collect().await
    }

    /// The ids of all blobs of a kind, in order.
    pub async fn ids(&self, kind: BlobKind) -> Result<Vec<Uuid>, BackupError> {
        let prefix = BlobPrefix { tenant: NOBODY, kind };
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.list(prefix, after.as_deref(), BLOB_PAGE_MAX).await?;
            ids.extend(page.blobs.iter().map(|(key, _)| key.id.uuid()));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(ids),
            }
        }
    }

    async fn manifest(&self, id: Uuid) -> Result<Entry, BackupError> {
        let mut blob = self.store.get(key(BlobKind::BackupManifest, id), None).await?;
        let unreadable = |why: String| BackupError::Damaged(format!("the manifest of backup {id}: {why}"));
        let mut bytes = Vec::new();
        while let Some(piece) = blob.content.next().await {
            bytes.extend_from_slice(&piece?);
            if bytes.len() > MANIFEST_BYTES_MAX {
                return Err(unreadable("it is too large".to_owned()));
            }
        }
        let entry: Entry = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if entry.version > MANIFEST_VERSION || entry.id != id {
            return Err(unreadable(
                "it is of a later version of the product, or another backup's".to_owned(),
            ));
        }
        Ok(entry)
    }

    /// Keeps a backup. Its manifest comes last: without one it is none.
    pub async fn keep(&self, entry: &Entry, sealed: Option<&Path>) -> Result<(), BackupError> {
        if let Some(path) = sealed {
            let file = tokio::fs::File::open(path).await?;
            let content = ReaderStream::with_capacity(file, BUFFER_BYTES)
                .map_err(|error| AppError::internal(format!("the backup cannot be read: {error}")));
            let sha256 = entry.sha256.as_deref().and_then(from_hex);
            let expected = Expected { size: Some(entry.bytes), sha256 };
            self.store
                .put(
                    key(BlobKind::Backup, entry.id),
                    content.boxed(),
                    expected,
                    &label("application/octet-stream"),
                )
                .await?;
        }
        let manifest = serde_json::to_vec_pretty(entry).map_err(io::Error::other)?;
        let content = stream::once(async move { Ok(Bytes::from(manifest)) }).boxed();
        let at = key(BlobKind::BackupManifest, entry.id);
        self.store.put(at, content, Expected::default(), &label("application/json")).await?;
        Ok(())
    }

    /// Fetches what a backup holds, still sealed, and compares it with the manifest.
    pub async fn fetch(&self, entry: &Entry, to: &Path) -> Result<(), BackupError> {
        let damaged = |what: &str| {
            BackupError::Damaged(format!("backup {} ({}) {what}", entry.id, entry.kind.as_str()))
        };
        let mut blob = match self.store.get(key(BlobKind::Backup, entry.id), None).await {
            Err(BlobError::NotFound(_)) => return Err(damaged("is not in the store any more")),
            other => other?,
        };
        let mut file = File::create(to)?;
        let mut hash = Sha256::new();
        while let Some(piece) = blob.content.next().await {
            let piece = piece?;
            hash.update(&piece);
            file.write_all(&piece)?;
        }
        let found: [u8; 32] = hash.finalize().into();
        if entry.sha256.as_deref().and_then(from_hex) != Some(found) {
            return Err(damaged("is damaged: its SHA-256 is another one than its manifest says"));
        }
        Ok(())
    }

    /// Notes which files the rows of a full backup point to: their copies are kept as long as it.
    pub async fn keep_list(&self, id: Uuid, files: &[Uuid]) -> Result<(), BackupError> {
        let bytes: Vec<u8> = files.iter().flat_map(|file| *file.as_bytes()).collect();
        let content = stream::once(async move { Ok(Bytes::from(bytes)) }).boxed();
        let at = key(BlobKind::BackupFileList, id);
        self.store.put(at, content, Expected::default(), &label("application/octet-stream")).await?;
        Ok(())
    }

    /// The list that [`Self::keep_list`] noted.
    pub async fn list_of(&self, id: Uuid) -> Result<Vec<Uuid>, BackupError> {
        let mut blob = self.store.get(key(BlobKind::BackupFileList, id), None).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = blob.content.next().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes.as_chunks::<16>().0.iter().map(|id| Uuid::from_bytes(*id)).collect())
    }

    pub async fn remove_file(&self, id: Uuid) -> Result<(), BackupError> {
        self.store.delete(key(BlobKind::BackupFile, id)).await?;
        Ok(())
    }

    /// Removes a backup, the manifest first.
    pub async fn remove(&self, id: Uuid) -> Result<(), BackupError> {
        self.store.delete(key(BlobKind::BackupManifest, id)).await?;
        self.store.delete(key(BlobKind::Backup, id)).await?;
        self.store.delete(key(BlobKind::BackupFileList, id)).await?;
        Ok(())
    }

    /// Moves a backup to cold storage; answers whether there is any.
    pub async fn cool(&self, id: Uuid) -> Result<bool, BackupError> {
        Ok(self.store.cool(key(BlobKind::Backup, id)).await?)
    }
}

fn label(content_type: &str) -> BlobLabel {
    BlobLabel { content_type: content_type.to_owned(), disposition: None }
}
