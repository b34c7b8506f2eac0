//! Copies of the database in the file store: `backup --to-store`, `backup --list`, `restore --from-store KEY`.

use std::io::Write;
use std::path::Path;

use application::ports::blobs::{
    BLOB_PAGE_MAX, BlobError, BlobKey, BlobKind, BlobLabel, BlobPrefix, Expected, hex,
};
use application::ports::clock::Ids;
use domain::ids::{BlobId, TenantId};
use futures::{StreamExt, TryStreamExt};
use infrastructure::private_files;
use infrastructure::sql::backup;
use infrastructure::system::SystemIds;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::stores::open_blobs;
use super::{Failure, offline, print};
use crate::config::Settings;

/// Bytes read at a time on the way into the store.
const BUFFER_BYTES: usize = 256 * 1024;

/// A database holds every tenant, so its copies belong to none of them.
const NOBODY: TenantId = TenantId::new(Uuid::nil());

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        Self::Other(error.to_string())
    }
}

/// A folder beside the database, so that a copy needs no second file system to fit into.
fn beside(database: &Path) -> Result<TempDir, Failure> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(tempfile::Builder::new().prefix("backup-").tempdir_in(folder.unwrap_or(Path::new(".")))?)
}

/// Takes a verified copy of a running or stopped server's database and puts it into the store.
pub async fn backup(settings: &Settings) -> Result<(), Failure> {
    let store = open_blobs(&settings.blobs, settings)?;
    let database = offline::embedded(settings)?;
    let folder = beside(database)?;
    let copy = folder.path().join("copy.db");
    let summary = backup::backup(database, &copy)?;
    let key = BlobKey { tenant: NOBODY, kind: BlobKind::Backup, id: BlobId::new(SystemIds.new_id()) };
    let file = tokio::fs::File::open(&copy).await?;
    let content = ReaderStream::with_capacity(file, BUFFER_BYTES)
        .map_err(|error| application::error::AppError::internal(format!("the copy cannot be read: {error}")));
    let expected = Expected { size: Some(summary.bytes), sha256: None };
    let label = BlobLabel {
        content_type: "application/vnd.sqlite3".to_owned(),
        disposition: Some("attachment; filename=\"erp.db\"".to_owned()),
    };
    let info = store.put(key, content.boxed(), expected, &label).await?;
    let sha256 = info.sha256.as_ref().map(hex).unwrap_or_default();
    print(&format!("Backed up and verified: {key} ({} bytes, SHA-256 {sha256})\n", info.size))
}

/// Every copy in the store, the oldest first.
pub async fn list(settings: &Settings) -> Result<(), Failure> {
    let store = open_blobs(&settings.blobs, settings)?;
    let prefix = BlobPrefix { tenant: NOBODY, kind: BlobKind::Backup };
    let mut after = None;
    loop {
        let page = store.list(prefix, after.as_deref(), BLOB_PAGE_MAX).await?;
        for (key, bytes) in page.blobs {
            let made = key.id.uuid().get_timestamp().and_then(|made| {
                let (seconds, _) = made.to_unix();
                chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
            });
            let made = made.map_or(String::new(), |made| made.to_rfc3339());
            print(&format!("{key}  {made}  {bytes} bytes\n"))?;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Fetches a copy, checks that it is what was put there, and restores it.
pub async fn restore(settings: &Settings, key: &str) -> Result<(), Failure> {
    let known = BlobKey::parse(key).filter(|key| key.tenant == NOBODY && key.kind == BlobKind::Backup);
    let key = known.ok_or_else(|| Failure::Other(format!("'{key}' is not the key of a backup")))?;
    let store = open_blobs(&settings.blobs, settings)?;
    let mut blob = store.get(key, None).await?;
    let database = offline::embedded(settings)?;
    if let Some(folder) = database.parent() {
        private_files::create_directory(folder)?;
    }
    let folder = beside(database)?;
    let copy = folder.path().join("copy.db");
    let mut file = private_files::create_new(&copy)?;
    let mut hash = Sha256::new();
    while let Some(piece) = blob.content.next().await {
        let piece = piece?;
        hash.update(&piece);
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    let found: [u8; 32] = hash.finalize().into();
    if blob.info.sha256.is_some_and(|expected| expected != found) {
        return Err(Failure::Other(format!("{key} is damaged: its SHA-256 is another one")));
    }
    offline::restore(settings, &copy).await
}
