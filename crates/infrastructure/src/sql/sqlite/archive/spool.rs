//! Copies the write-ahead log into files of pages before the engine may overwrite it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use application::platform::backups::Lsn;
use application::ports::clock::Ids;
use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::warn;
use uuid::Uuid;

use super::commits::Commits;
use super::pages::{Commit, PageWriter, Record};
use super::wal::{self, Salts, WalReader};
use crate::private_files;

/// Bytes of archived pages beside the database unless the settings say otherwise.
pub const SPOOL_BYTES_DEFAULT: u64 = 4 << 30;
const STATE: &str = "chain.json";
const EXTENSION: &str = "pages";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveOptions {
    /// Most bytes of pages that wait beside the database. Beyond, the chain is given up and the next backup is a full one.
    pub bytes_max: u64,
}

/// Until where the log is archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archived {
    pub chain: Uuid,
    pub next: Lsn,
    /// Every commit until this moment is before `next`.
    pub moment: Timestamp,
}

/// A file of pages beside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub first: Lsn,
    pub next: Lsn,
    pub path: PathBuf,
    pub bytes: u64,
}

/// The state of the chain, kept beside the pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    chain: Uuid,
    next: Lsn,
    /// Until where the log was read. None: it begins anew.
    wal: Option<Place>,
    /// How the database was left by whoever closed it, with nothing in its log.
    closed: Option<Stamp>,
    /// Before this place everything is in the store.
    stored: Lsn,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    salts: Salts,
    frames: u64,
}

/// Tells whether somebody else has written to a closed database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    bytes: u64,
    changed_nanos: u128,
}

impl Stamp {
    fn of(database: &Path) -> Option<Self> {
        let data = fs::metadata(database).ok()?;
        let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self { bytes: data.len(), changed_nanos: changed.as_nanos() })
    }
}

pub struct Spool {
    database: PathBuf,
    folder: PathBuf,
    state: State,
    commits: Commits,
    /// Whether the log that an earlier process left has been looked through.
    scanned: bool,
    bytes_max: u64,
    ids: Arc<dyn Ids>,
}

/// The folder of the archive of a database.
pub fn folder_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".archive");
    PathBuf::from(name)
}

/// Ends the chain of a database that goes on without an archive, or is replaced: what is kept of it fits nothing any more.
pub fn give_up(database: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder_of(database)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Spool {
    /// To be opened before the engine opens the database. A chain goes on when nothing can have been written to the database
    /// that it does not hold; otherwise another one begins.
    pub fn open(database: &Path, options: &ArchiveOptions, ids: Arc<dyn Ids>) -> StorageResult<Self> {
        let folder = folder_of(database);
        private_files::create_directory(&folder).map_err(|error| unwritable(&folder, &error))?;
        let log = WalReader::open(&wal::path_of(database)).map_err(|error| unwritable(database, &error))?;
        let kept =
            fs::read(folder.join(STATE)).ok().and_then(|text| serde_json::from_slice::<State>(&text).ok());
        let goes_on = kept.filter(|state| match (&log, state.wal) {
            (Some(log), Some(place)) => log.salts == place.salts || log.salts.follow(place.salts),
            // It was begun by the process that opened the database after it was closed.
            (Some(_), None) => true,
            (None, _) => state.closed.is_some() && state.closed == Stamp::of(database),
        });
        let begins = goes_on.is_none();
        let mut state = goes_on.unwrap_or_else(|| fresh(ids.new_id()));
        if log.is_none() {
            state.wal = None;
        }
        state.closed = None;
        let commits = Commits::open(&folder).map_err(|error| unwritable(&folder, &error))?;
        let mut spool = Self {
            database: database.to_owned(),
            folder,
            state,
            commits,
            scanned: false,
            bytes_max: options.bytes_max,
            ids,
        };
        if begins {
            spool.clear()?;
        }
        spool.save()?;
        Ok(spool)
    }

    pub fn chain(&self) -> Uuid {
        self.state.chain
    }

    /// Until where everything is in the store.
    pub fn stored(&self) -> Lsn {
        self.state.stored
    }

    /// A transaction has been committed; the log has so many frames now.
    pub fn committed(&mut self, frames: u64, at: Timestamp) {
        self.commits.add(frames, at);
    }

    /// Copies the commits since the last time. There must be no write meanwhile.
    pub fn take(&mut self, now: Timestamp) -> StorageResult<Archived> {
        let failed = |error: io::Error| unwritable(&self.folder, &error);
        let Some(mut log) = WalReader::open(&wal::path_of(&self.database)).map_err(failed)? else {
            return Ok(self.archived(now));
        };
        let start = match self.state.wal {
            None => Some(0),
            Some(place) if place.salts == log.salts => Some(place.frames),
            Some(place) => log.salts.follow(place.salts).then_some(0),
        };
        let Some(start) = start else {
            warn!(target: "erp::backup", "The write-ahead log is not the one after the last that was archived; a new chain of backups begins");
            self.restart(None)?;
            return self.take(now);
        };
        log.skip(start).map_err(failed)?;
        let salts = log.salts;
        let frames = match self.commits.last() {
            Some(last) if last > start && self.scanned => last,
            // After a crash nobody may have noted it.
            _ => last_commit(&salts, &self.database, start).map_err(failed)?,
        };
        if frames > start {
            self.copy(log, (start, frames), now).map_err(failed)?;
        }
        self.state.next = Lsn(self.state.next.0 + (frames - start));
        self.state.wal = Some(Place { salts, frames });
        self.save()?;
        self.scanned = true;
        self.commits.clear();
        self.bound()?;
        Ok(self.archived(now))
    }

    fn archived(&self, moment: Timestamp) -> Archived {
        Archived { chain: self.state.chain, next: self.state.next, moment }
    }

    fn copy(&self, mut log: WalReader, (start, frames): (u64, u64), now: Timestamp) -> io::Result<()> {
        let first = self.state.next;
        let partial = self.folder.join("partial");
        let _ = fs::remove_file(&partial);
        let file = BufWriter::with_capacity(256 * 1024, private_files::create_new(&partial)?);
        let mut writer = PageWriter::begin(file, log.page_bytes, first)?;
        let mut page = Vec::new();
        for number in start + 1..=frames {
            let Some(frame) = log.next(&mut page)? else {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the write-ahead log ends too early"));
            };
            let commit = frame.commits().then(|| Commit {
                size_after: frame.size_after,
                at: self.commits.moment_of(number).unwrap_or(now),
            });
            writer.add(Record { page: frame.page, commit }, &page)?;
        }
        let file = writer.end()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_data()?;
        let next = Lsn(first.0 + (frames - start));
        fs::rename(&partial, self.folder.join(name(first, next)))?;
        File::open(&self.folder)?.sync_all()
    }

    /// Every file of pages of this chain from a place on, in order.
    pub fn segments(&self, from: Lsn) -> StorageResult<Vec<Segment>> {
        let failed = |error: io::Error| unwritable(&self.folder, &error);
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Some((first, next)) = places(&entry.path()) else { continue };
            // A copy whose state was never saved is made again, maybe longer.
            if next > from && next <= self.state.next {
                let bytes = entry.metadata().map_err(failed)?.len();
                all.push(Segment { first, next, path: entry.path(), bytes });
            }
        }
        all.sort_by_key(|segment| segment.first);
        Ok(all)
    }

    /// Notes that everything before a place is in the store.
    pub fn store_has(&mut self, until: Lsn) -> StorageResult<()> {
        self.state.stored = self.state.stored.max(until);
        self.save()
    }

    /// Removes what lies wholly before a place.
    pub fn forget(&self, before: Lsn) -> StorageResult<()> {
        for segment in self.segments(Lsn(0))?.into_iter().filter(|segment| segment.next <= before) {
            fs::remove_file(&segment.path).map_err(|error| unwritable(&segment.path, &error))?;
        }
        Ok(())
    }

    /// Keeps the pages within their bound: first goes what is in the store already, then the chain.
    fn bound(&mut self) -> StorageResult<()> {
        let segments = self.segments(Lsn(0))?;
        let mut bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
        for segment in segments.iter().filter(|segment| segment.next <= self.state.stored) {
            if bytes <= self.bytes_max {
                break;
            }
            fs::remove_file(&segment.path).map_err(|error| unwritable(&segment.path, &error))?;
            bytes -= segment.bytes;
        }
        if bytes > self.bytes_max {
            warn!(target: "erp::backup", bytes, limit = self.bytes_max, "More pages wait for a backup than the limit allows; their chain is given up, and the next backup is a full one");
            self.restart(None)?;
        }
        Ok(())
    }

    /// Another chain. It begins after `frames` of the log, or where the log was read until, or with the log.
    pub fn restart(&mut self, frames: Option<u64>) -> StorageResult<()> {
        let log = WalReader::open(&wal::path_of(&self.database)).ok().flatten();
        let read = |salts| self.state.wal.filter(|place| place.salts == salts).map(|place| place.frames);
        let wal = log.map(|log| Place { salts: log.salts, frames: frames.or(read(log.salts)).unwrap_or(0) });
        self.state = State { wal, ..fresh(self.ids.new_id()) };
        self.clear()?;
        self.save()
    }

    /// The engine has closed the database, and everything in its log was taken before.
    pub fn closed(mut self) -> StorageResult<()> {
        self.state.closed = Stamp::of(&self.database);
        self.save()
    }

    fn clear(&mut self) -> StorageResult<()> {
        let failed = |error: io::Error| unwritable(&self.folder, &error);
        for entry in fs::read_dir(&self.folder).map_err(failed)?.flatten() {
            if places(&entry.path()).is_some() {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        self.commits.clear();
        Ok(())
    }

    fn save(&self) -> StorageResult<()> {
        let write = || -> io::Result<()> {
            let partial = self.folder.join("chain.partial");
            let _ = fs::remove_file(&partial);
            let mut file = private_files::create_new(&partial)?;
            file.write_all(&serde_json::to_vec(&self.state)?)?;
            file.sync_data()?;
            fs::rename(&partial, self.folder.join(STATE))?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| unwritable(&self.folder, &error))
    }
}

fn fresh(chain: Uuid) -> State {
    State { chain, next: Lsn(0), wal: None, closed: None, stored: Lsn(0) }
}

/// The last frame that ends a transaction.
fn last_commit(salts: &Salts, database: &Path, start: u64) -> io::Result<u64> {
    let Some(mut log) = WalReader::open(&wal::path_of(database))?.filter(|log| log.salts == *salts) else {
        return Ok(start);
    };
    log.skip(start)?;
    let (mut page, mut number, mut last) = (Vec::new(), start, start);
    while let Some(frame) = log.next(&mut page)? {
        number += 1;
        if frame.commits() {
            last = number;
        }
    }
    Ok(last)
}

fn name(first: Lsn, next: Lsn) -> String {
    format!("{:020}-{:020}.{EXTENSION}", first.0, next.0)
}

fn places(path: &Path) -> Option<(Lsn, Lsn)> {
    if path.extension()? != EXTENSION {
        return None;
    }
    let (first, next) = path.file_stem()?.to_str()?.split_once('-')?;
    Some((Lsn(first.parse().ok()?), Lsn(next.parse().ok()?)))
}

fn unwritable(path: &Path, error: &io::Error) -> StorageError {
    StorageError::Full(format!("the archive of the database, {}: {error}", path.display()))
}
