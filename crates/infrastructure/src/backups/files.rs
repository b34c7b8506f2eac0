//! The files that rows point to: copied once each, and put back where the file store has lost them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use application::error::AppError;
use application::ports::blobs::{BlobError, BlobKey, BlobKind, BlobLabel, BlobStore, Expected};
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::keys::KeyRing;
use super::repository::NOBODY;
use super::sealed::{SealReader, SealWriter};
use super::{BackupError, Repository};
use crate::sql::pointed_files::Pointed;

/// Longest description before the bytes of a file.
const HEAD_BYTES_MAX: u64 = 4_096;
const BUFFER_BYTES: usize = 256 * 1024;

/// The facts that the file store has about a file beside its bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    content_type: String,
    disposition: Option<String>,
}

fn copy_of(file: BlobKey) -> BlobKey {
    BlobKey { tenant: NOBODY, kind: BlobKind::BackupFile, id: file.id }
}

/// Copies a file into the backups, sealed. One that is gone meanwhile belonged to nothing any more: `false`.
pub async fn copy(
    from: &dyn BlobStore,
    to: &Repository,
    keys: &KeyRing,
    file: BlobKey,
    (folder, random): (&Path, Uuid),
) -> Result<bool, BackupError> {
    let mut blob = match from.get(file, None).await {
        Err(BlobError::NotFound(_)) => return Ok(false),
        other => other?,
    };
    let path = folder.join("file");
    let label = blob.info.label.clone();
    let head = Head { content_type: label.content_type, disposition: label.disposition };
    let sealed = BufWriter::with_capacity(BUFFER_BYTES, File::create(&path)?);
    let mut writer = SealWriter::begin(sealed, keys.current.as_ref(), file.id.uuid(), random)?;
    serde_json::to_writer(&mut writer, &head).map_err(io::Error::other)?;
    writer.write_all(b"\n")?;
    while let Some(piece) = blob.content.next().await {
        writer.write_all(&piece?)?;
    }
    writer.end()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    put(
        to.store(),
        copy_of(file),
        &path,
        &BlobLabel { content_type: "application/octet-stream".to_owned(), disposition: None },
    )
    .await?;
    Ok(true)
}

async fn put(store: &dyn BlobStore, key: BlobKey, path: &Path, label: &BlobLabel) -> Result<(), BackupError> {
    let file = tokio::fs::File::open(path).await?;
    let expected = Expected { size: Some(file.metadata().await?.len()), sha256: None };
    let content = ReaderStream::with_capacity(file, BUFFER_BYTES)
        .map_err(|error| AppError::internal(format!("a copy of a file cannot be read: {error}")));
    store.put(key, content.boxed(), expected, label).await?;
    Ok(())
}

/// The result of putting files back.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PutBack {
    pub there: u64,
    pub put_back: u64,
    /// Neither in the store nor among the backups.
    pub missing: Vec<BlobKey>,
}

/// Puts back what rows of a restored database point to and the file store does not have.
pub async fn put_back(
    files: &[Pointed],
    from: &Repository,
    keys: &KeyRing,
    to: &dyn BlobStore,
    folder: &Path,
) -> Result<PutBack, BackupError> {
    let mut done = PutBack::default();
    for file in files {
        let there = to.head(file.key).await?;
        if there.is_some_and(|there| file.bytes.is_none_or(|bytes| bytes == there.size)) {
            done.there += 1;
            continue;
        }
        let sealed = match from.store().get(copy_of(file.key), None).await {
            Ok(sealed) => sealed,
            Err(BlobError::NotFound(_)) => {
                done.missing.push(file.key);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let (path, opened) = (folder.join("sealed"), folder.join("file"));
        written(sealed.content, &path).await?;
        let label = unsealed(&path, keys, file.key.id.uuid(), &opened)?;
        put(to, file.key, &opened, &label).await?;
        done.put_back += 1;
    }
    Ok(done)
}

async fn written(mut content: application::ports::blobs::Outgoing, path: &Path) -> Result<(), BackupError> {
    let mut file = File::create(path)?;
    while let Some(piece) = content.next().await {
        file.write_all(&piece?)?;
    }
    Ok(())
}

fn unsealed(path: &Path, keys: &KeyRing, id: Uuid, to: &Path) -> Result<BlobLabel, BackupError> {
    let damaged = |error: io::Error| BackupError::Damaged(format!("the copy of file {id}: {error}"));
    let sealed = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
    let mut reader = BufReader::new(SealReader::open(sealed, keys, id).map_err(damaged)?);
    let mut head = Vec::new();
    (&mut reader).take(HEAD_BYTES_MAX).read_until(b'\n', &mut head).map_err(damaged)?;
    let head: Head = serde_json::from_slice(&head).map_err(|error| damaged(io::Error::other(error)))?;
    let mut file = File::create(to)?;
    io::copy(&mut reader, &mut file).map_err(damaged)?;
    reader.into_inner().ended().map_err(damaged)?;
    Ok(BlobLabel { content_type: head.content_type, disposition: head.disposition })
}
