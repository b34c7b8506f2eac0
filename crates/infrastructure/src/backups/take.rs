//! Taking backups.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::platform::backups::entry::MANIFEST_VERSION;
use application::platform::backups::service::Taken;
use application::platform::backups::{BackupKind, Entry, Fate, Lsn, Retention, fates, plan};
use application::ports::blobs::{BlobKind, BlobStore};
use application::ports::clock::{Clock, Ids};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tracing::{info, warn};
use uuid::Uuid;

use super::keys::KeyRing;
use super::restore::{blocking, opened, restored};
use super::sealed::SealWriter;
use super::{BackupError, Repository, Source, files, replay};
use crate::sql::backup;
use crate::sql::sqlite::archive::Segment;
use crate::sql::sqlite::archive::pages::PageReader;

const BUFFER_BYTES: usize = 256 * 1024;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What a clean-up did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub removed: u64,
    pub cooled: u64,
    pub files_removed: u64,
}

pub struct Backups {
    pub repository: Repository,
    pub keys: KeyRing,
    pub source: Source,
    /// Where the files of rows are.
    pub files: Arc<dyn BlobStore>,
    pub retention: Retention,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// One at a time; what is known of the store, once it was looked through.
    pub known: Mutex<Known>,
}

/// What is in the store, as far as this process has looked.
#[derive(Default)]
pub struct Known {
    catalogue: Option<Vec<Entry>>,
    files: Option<HashSet<Uuid>>,
    cold: HashSet<Uuid>,
}

impl Backups {
    pub async fn take(&self, kind: BackupKind, label: Option<String>) -> Result<Taken, BackupError> {
        let mut known = self.known.lock().await;
        let catalogue = self.catalogue(&mut known).await?;
        let chain = self.source.spool(|spool| Ok(spool.chain()))?;
        let base = catalogue.iter().filter(|entry| entry.kind == BackupKind::Full && entry.chain == chain);
        let base = base.max_by_key(|full| (full.covers_until, full.id)).cloned();
        let (taken, instead) = match (kind, base) {
            (BackupKind::Full, base) => (self.full(base.is_none(), label).await?, None),
            (_, None) => {
                (self.full(true, label).await?, Some("no full backup fits what is in the database now"))
            }
            (BackupKind::Log, Some(_)) => (self.log(label).await?, None),
            (BackupKind::Differential, Some(base)) => match self.differential(&base, label.clone()).await? {
                Some(entry) => (entry, None),
                None => (
                    self.full(false, label).await?,
                    Some("pages since the last full backup are no longer here"),
                ),
            },
        };
        let files = self.copy_files(&mut known).await?;
        if let Some(catalogue) = &mut known.catalogue {
            catalogue.push(taken.clone());
        }
        Ok(Taken { entry: taken, files, instead: instead.map(str::to_owned) })
    }

    /// The last log before a database is replaced; reads its write-ahead log and not the database, which may be damaged. `None`
    /// when no full backup would fit it.
    pub async fn tail(&self) -> Result<Option<Entry>, BackupError> {
        let mut known = self.known.lock().await;
        let chain = self.source.spool(|spool| Ok(spool.chain()))?;
        let catalogue = self.catalogue(&mut known).await?;
        if !catalogue.iter().any(|entry| entry.kind == BackupKind::Full && entry.chain == chain) {
            return Ok(None);
        }
        self.log(Some("before a restore".to_owned())).await.map(Some)
    }

    async fn catalogue<'a>(&self, known: &'a mut Known) -> Result<&'a [Entry], BackupError> {
        if known.catalogue.is_none() {
            known.catalogue = Some(self.repository.catalogue().await?);
        }
        Ok(known.catalogue.as_deref().unwrap_or_default())
    }

    /// When the last backup of each kind was taken, as far as the store knows.
    pub async fn last(&self, kind: BackupKind) -> Result<Option<Entry>, BackupError> {
        let mut known = self.known.lock().await;
        let all = self.catalogue(&mut known).await?;
        Ok(all.iter().filter(|entry| entry.kind == kind).max_by_key(|entry| entry.covers_until).cloned())
    }

    /// A folder beside the database, so that a copy needs no second file system to fit into.
    fn folder(&self) -> Result<TempDir, BackupError> {
        Ok(beside(self.source.database())?)
    }

    async fn full(&self, first: bool, label: Option<String>) -> Result<Entry, BackupError> {
        let started_at = self.clock.now();
        let before = self.source.take().await?;
        let (folder, id) = (self.folder()?, self.ids.new_id());
        let (copy, database) = (folder.path().join("copy.db"), self.source.database().to_owned());
        let target = copy.clone();
        let (summary, pointed) = blocking(move || {
            let summary = backup::backup(&database, &target)?;
            Ok((summary, files::pointed(&target)?))
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

    async fn copy_files(&self, known: &mut Known) -> Result<u64, BackupError> {
        if known.files.is_none() {
            known.files = Some(self.repository.ids(BlobKind::BackupFile).await?.into_iter().collect());
        }
        let Some(copied) = &mut known.files else { return Ok(0) };
        let database = self.source.database().to_owned();
        let pointed = blocking(move || files::pointed(&database)).await?;
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

    /// Reads a backup back and checks it: everything of its bytes, and of a full one the whole structure of the database.
    pub async fn verify(&self, entry: &Entry) -> Result<(), BackupError> {
        verify(&self.repository, &self.keys, entry, self.source.database()).await
    }

    /// Restores the newest moment into a folder and checks what comes out of it. Answers that moment.
    pub async fn practise(&self) -> Result<(TempDir, PathBuf, Timestamp), BackupError> {
        let (catalogue, at) = {
            let mut known = self.known.lock().await;
            let all = self.catalogue(&mut known).await?.to_vec();
            let newest = all.iter().map(|entry| entry.covers_until).max();
            (all, newest.ok_or_else(|| BackupError::Refused("there is no backup yet".to_owned()))?)
        };
        let plan = plan(&catalogue, at)?;
        let folder = self.folder()?;
        let copy = restored(&self.repository, &self.keys, &plan, folder.path()).await?;
        let checked = copy.clone();
        blocking(move || Ok(backup::verify(&checked)?)).await?;
        Ok((folder, copy, at))
    }

    /// Removes what need not be kept any longer, and moves what is kept for long to cold storage.
    pub async fn clean(&self) -> Result<Cleaned, BackupError> {
        let mut known = self.known.lock().await;
        let catalogue = self.repository.catalogue().await?;
        let mut done = Cleaned::default();
        let mut kept = Vec::new();
        for (entry, fate) in catalogue.iter().zip(fates(&catalogue, self.retention, self.clock.now())) {
            match fate {
                Fate::Removed => {
                    self.repository.remove(entry.id).await?;
                    done.removed += 1;
                    continue;
                }
                Fate::Cold if known.cold.insert(entry.id) && self.repository.cool(entry.id).await? => {
                    done.cooled += 1
                }
                Fate::Cold | Fate::Hot => {}
            }
            kept.push(entry.clone());
        }
        done.files_removed = self.clean_files(&mut known, &kept).await?;
        known.catalogue = Some(kept);
        info!(target: "erp::backup", removed = done.removed, cooled = done.cooled, "Backups cleaned up: {{removed}} removed, {{cooled}} moved to cold storage");
        Ok(done)
    }

    /// Removes copies of files that no row points to, neither now nor in a full backup that is kept, nor could in between.
    async fn clean_files(&self, known: &mut Known, kept: &[Entry]) -> Result<u64, BackupError> {
        let copies = self.repository.ids(BlobKind::BackupFile).await?;
        let database = self.source.database().to_owned();
        let pointed = blocking(move || files::pointed(&database)).await?;
        let mut wanted: HashSet<Uuid> = pointed.iter().map(|file| file.key.id.uuid()).collect();
        for full in kept.iter().filter(|entry| entry.kind == BackupKind::Full) {
            wanted.extend(self.repository.list_of(full.id).await?);
        }
        let young = self.clock.now().plus_seconds(-i64::from(self.retention.days + 1) * DAY_SECONDS);
        let mut removed = 0;
        for id in copies.into_iter().filter(|id| !wanted.contains(id) && made_at(*id) < Some(young)) {
            self.repository.remove_file(id).await?;
            if let Some(files) = &mut known.files {
                files.remove(&id);
            }
            removed += 1;
        }
        Ok(removed)
    }
}

/// The moment in an id that has one.
fn made_at(id: Uuid) -> Option<Timestamp> {
    let (seconds, _) = id.get_timestamp()?.to_unix();
    Some(Timestamp::from_micros(0).plus_seconds(i64::try_from(seconds).ok()?))
}

/// The same for whoever has no database at hand.
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

/// A folder beside the database, so that a copy needs no second file system to fit into.
pub fn beside(database: &Path) -> io::Result<TempDir> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    tempfile::Builder::new().prefix("backup-").tempdir_in(folder.unwrap_or(Path::new(".")))
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
