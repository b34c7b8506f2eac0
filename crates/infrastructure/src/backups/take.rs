//! Taking backups.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::platform::backups::entry::MANIFEST_VERSION;
use application::platform::backups::service::Taken;
use application::platform::backups::{BackupKind, Entry, Lsn, Retention};
use application::ports::blobs::{BlobError, BlobKind, BlobStore};
use application::ports::clock::{Clock, Ids};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::check::working_folder;
use super::keys::KeyRing;
use super::restore::blocking;
use super::sealed::SealWriter;
use super::{BackupError, Repository, Source, files, replay};
use crate::sql::backup;
use crate::sql::pointed_files::pointed_files;
use crate::sql::sqlite::archive::Segment;

const BUFFER_BYTES: usize = 256 * 1024;

pub struct Backups {
    pub repository: Repository,
    pub keys: KeyRing,
    pub source: Source,
    /// The store of the files that rows point to.
    pub files: Arc<dyn BlobStore>,
    pub retention: Retention,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub known: Known,
}

/// The content of the store, as far as this process has looked, and whose turn it is. Logs do not wait for a full
/// backup, which may take minutes: the possible loss would grow meanwhile.
#[derive(Default)]
pub struct Known {
    pub(super) catalogue: Mutex<Option<Vec<Entry>>>,
    pub(super) files: Mutex<Option<HashSet<Uuid>>>,
    pub(super) cold: Mutex<HashSet<Uuid>>,
    /// Full and differential backups, and cleaning up.
    pub(super) whole: Mutex<()>,
    log: Mutex<()>,
}

impl Backups {
    pub async fn take(&self, kind: BackupKind, label: Option<String>) -> Result<Taken, BackupError> {
        if kind == BackupKind::Log && self.base().await?.is_some() {
            return self.log_in_turn(label).await;
        }
        let turn = self.known.whole.lock().await;
        let (taken, instead) = match (kind, self.base().await?) {
            (BackupKind::Full, base) => (self.full(base.is_none(), label).await?, None),
            (_, None) => {
                (self.full(true, label).await?, Some("no full backup fits what is in the database now"))
            }
            // Another one came first.
            (BackupKind::Log, Some(_)) => {
                drop(turn);
                return self.log_in_turn(label).await;
            }
            (BackupKind::Differential, Some(base)) => match self.differential(&base, label.clone()).await? {
                Some(entry) => (entry, None),
                None => (
                    self.full(false, label).await?,
                    Some("pages since the last full backup are no longer here"),
                ),
            },
        };
        self.taken(taken, instead).await
    }

    async fn log_in_turn(&self, label: Option<String>) -> Result<Taken, BackupError> {
        let turn = self.known.log.lock().await;
        let entry = self.log(label).await?;
        drop(turn);
        self.taken(entry, None).await
    }

    async fn taken(&self, entry: Entry, instead: Option<&str>) -> Result<Taken, BackupError> {
        if let Some(catalogue) = &mut *self.known.catalogue.lock().await {
            catalogue.push(entry.clone());
        }
        let files = self.copy_files().await?;
        Ok(Taken { entry, files, instead: instead.map(str::to_owned) })
    }

    /// The last full backup that logs and differential backups of now fit.
    pub async fn base(&self) -> Result<Option<Entry>, BackupError> {
        let chain = self.source.spool(|spool| Ok(spool.chain()))?;
        let fulls = self.entries().await?.into_iter();
        let fulls = fulls.filter(|entry| entry.kind == BackupKind::Full && entry.chain == chain);
        Ok(fulls.max_by_key(|full| (full.covers_until, full.id)))
    }

    /// The last log before a database is replaced; reads its write-ahead log and not the database, which may be damaged. `None`
    /// when no full backup would fit it.
    pub async fn tail(&self) -> Result<Option<Entry>, BackupError> {
        match self.base().await? {
            Some(_) => self.log(Some("before a restore".to_owned())).await.map(Some),
            None => Ok(None),
        }
    }

    /// Every backup in the store, read from there once.
    pub async fn entries(&self) -> Result<Vec<Entry>, BackupError> {
        let mut known = self.known.catalogue.lock().await;
        if known.is_none() {
            *known = Some(self.repository.catalogue().await?);
        }
        Ok(known.clone().unwrap_or_default())
    }

    /// The time of the last backup of a kind, as far as the store knows.
    pub async fn last(&self, kind: BackupKind) -> Result<Option<Entry>, BackupError> {
        let all = self.entries().await?.into_iter();
        Ok(all.filter(|entry| entry.kind == kind).max_by_key(|entry| entry.covers_until))
    }

    /// A folder beside the database, so that a copy needs no second file system to fit into.
    pub(super) fn folder(&self) -> Result<TempDir, BackupError> {
        Ok(working_folder(self.source.database())?)
    }

    async fn full(&self, first: bool, label: Option<String>) -> Result<Entry, BackupError> {
        // A copy of all the books that nobody takes would be made for nothing.
        self.repository.store().probe().await.map_err(BlobError::Unavailable)?;
        let started_at = self.clock.now();
        let before = self.source.take().await?;
        let (folder, id) = (self.folder()?, self.ids.new_id());
        let (copy, database) = (folder.path().join("copy.db"), self.source.database().to_owned());
        let target = copy.clone();
        let (summary, pointed) = blocking(move || {
            let summary = backup::backup(&database, &target)?;
            Ok((summary, pointed_files(&target)?))
        })
        .await?;
        let after = self.source.take().await?;
        if before.chain != after.chain {
            return Err(BackupError::Refused(
                "the chain of the archive began anew meanwhile; take the backup again".to_owned(),
            ));
        }
        let sealed = self.sealed(folder.path(), id, move |to| {
            io::copy(&mut BufReader::with_capacity(BUFFER_BYTES, File::open(&copy)?), to).map(drop)
        });
        let (path, bytes, sha256) = sealed.await?;
        let entry = Entry {
            version: MANIFEST_VERSION,
            id,
            kind: BackupKind::Full,
            chain: before.chain,
            from: before.next,
            to: after.next,
            base: None,
            started_at,
            covers_until: after.moment,
            bytes,
            sha256: Some(sha256),
            key_id: self.keys.current.as_ref().map(|key| key.shown_id()),
            schema: summary.schema,
            label,
        };
        let pointed: Vec<_> = pointed.iter().map(|file| file.key.id.uuid()).collect();
        self.repository.keep_list(id, &pointed).await?;
        self.repository.keep(&entry, Some(&path)).await?;
        self.source.spool(|spool| {
            if first {
                // Nothing can be restored from what was written before the first one.
                spool.store_has(entry.from)?;
            }
            spool.forget(spool.stored().min(entry.from))
        })?;
        Ok(entry)
    }

    /// `None` when pages it would hold are no longer beside the database.
    async fn differential(&self, base: &Entry, label: Option<String>) -> Result<Option<Entry>, BackupError> {
        let started_at = self.clock.now();
        let until = self.source.take().await?;
        let segments = self.source.spool(|spool| spool.segments(base.from))?;
        if !reach(&segments, base.from, until.next) {
            return Ok(None);
        }
        let (folder, id) = (self.folder()?, self.ids.new_id());
        let (paths, first) = (paths(&segments), base.from);
        let (path, bytes, sha256) = self
            .sealed(folder.path(), id, move |to| replay::differential(&paths, first, to).map(drop))
            .await?;
        let has_data = until.next > base.from;
        let entry = Entry {
            version: MANIFEST_VERSION,
            id,
            kind: BackupKind::Differential,
            chain: base.chain,
            from: base.from,
            to: until.next,
            base: Some(base.id),
            started_at,
            covers_until: until.moment,
            bytes: if has_data { bytes } else { 0 },
            sha256: has_data.then_some(sha256),
            key_id: self.keys.current.as_ref().map(|key| key.shown_id()),
            schema: base.schema,
            label,
        };
        self.repository.keep(&entry, has_data.then_some(&*path)).await?;
        Ok(Some(entry))
    }

    async fn log(&self, label: Option<String>) -> Result<Entry, BackupError> {
        let started_at = self.clock.now();
        let until = self.source.take().await?;
        let (first, segments) =
            self.source.spool(|spool| Ok((spool.stored(), spool.segments(spool.stored())?)))?;
        let (folder, id) = (self.folder()?, self.ids.new_id());
        let has_data = until.next > first;
        let (path, bytes, sha256) = if has_data {
            let paths = paths(&segments);
            self.sealed(folder.path(), id, move |to| replay::joined(&paths, first, to)).await?
        } else {
            (PathBuf::new(), 0, String::new())
        };
        let entry = Entry {
            version: MANIFEST_VERSION,
            id,
            kind: BackupKind::Log,
            chain: until.chain,
            from: first,
            to: until.next,
            base: None,
            started_at,
            covers_until: until.moment,
            bytes,
            sha256: has_data.then_some(sha256),
            key_id: self.keys.current.as_ref().map(|key| key.shown_id()),
            schema: 0,
            label,
        };
        self.repository.keep(&entry, has_data.then_some(&*path)).await?;
        self.source.spool(|spool| spool.store_has(until.next))?;
        Ok(entry)
    }

    /// Seals what `fill` writes; answers the file, its bytes and its SHA-256.
    async fn sealed(
        &self,
        folder: &Path,
        id: Uuid,
        fill: impl FnOnce(&mut SealWriter<Hashing>) -> io::Result<()> + Send + 'static,
    ) -> Result<(PathBuf, u64, String), BackupError> {
        let path = folder.join("sealed");
        let (to, key, random) = (path.clone(), self.keys.current.clone(), self.ids.new_id());
        let (bytes, sha256) = blocking(move || {
            let file = BufWriter::with_capacity(BUFFER_BYTES, File::create(&to)?);
            let hashing = Hashing { file, hash: Sha256::new(), bytes: 0 };
            let mut writer = SealWriter::begin(hashing, key.as_ref(), id, random)?;
            fill(&mut writer)?;
            let done = writer.end()?;
            Ok((done.bytes, domain::hex::hex(&done.hash.finalize())))
        })
        .await?;
        Ok((path, bytes, sha256))
    }

    async fn copy_files(&self) -> Result<u64, BackupError> {
        // A backup that is already copying copies these, too, or the next one does.
        let Ok(mut known) = self.known.files.try_lock() else { return Ok(0) };
        if known.is_none() {
            *known = Some(self.repository.ids(BlobKind::BackupFile).await?.into_iter().collect());
        }
        let Some(copied) = &mut *known else { return Ok(0) };
        let database = self.source.database().to_owned();
        let pointed = blocking(move || Ok(pointed_files(&database)?)).await?;
        let missing: Vec<_> =
            pointed.into_iter().filter(|file| !copied.contains(&file.key.id.uuid())).collect();
        if missing.is_empty() {
            return Ok(0);
        }
        let (folder, mut count) = (self.folder()?, 0);
        for file in missing {
            let at = (folder.path(), self.ids.new_id());
            if files::copy(&*self.files, &self.repository, &self.keys, file.key, at).await? {
                copied.insert(file.key.id.uuid());
                count += 1;
            }
        }
        Ok(count)
    }
}

fn paths(segments: &[Segment]) -> Vec<PathBuf> {
    segments.iter().map(|segment| segment.path.clone()).collect()
}

/// Whether the segments hold every place from one to another.
fn reach(segments: &[Segment], from: Lsn, to: Lsn) -> bool {
    let mut place = from;
    for segment in segments {
        if segment.first > place {
            return false;
        }
        place = place.max(segment.next);
    }
    place >= to
}

/// Counts and sums what is written.
pub struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
