//! The writer's work for the archive.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use rusqlite::Connection;
use tracing::warn;

use super::super::tx::CHECKPOINT_FRAMES;
use super::spool::{Archived, Spool};

/// A log this long that cannot be archived is given up, so that it does not fill the disk.
const GIVE_UP_FRAMES: u64 = 16 * CHECKPOINT_FRAMES;

thread_local! {
    /// Frames of the log after the last commit of this thread: the engine tells them to a function without any state.
    static FRAMES: Cell<u64> = const { Cell::new(0) };
}

/// The spool of a database, shared by its writer and whoever takes backups.
#[derive(Clone)]
pub struct SharedSpool(Arc<Mutex<Option<Spool>>>);

impl SharedSpool {
    pub fn new(spool: Spool) -> Self {
        Self(Arc::new(Mutex::new(Some(spool))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Spool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database is closed, with everything archived.
    pub fn close(&self) {
        if let Some(spool) = self.lock().take()
            && let Err(error) = spool.closed()
        {
            warn!(target: "erp::backup", %error, "The archive could not be closed, so the next start begins another chain: {{error}}");
        }
    }

    /// `None` once the database is closed.
    pub fn with<T>(&self, act: impl FnOnce(&mut Spool) -> T) -> Option<T> {
        self.lock().as_mut().map(act)
    }
}

/// The writer's side of it.
pub struct Archiving(SharedSpool);

impl Archiving {
    /// From now on the engine leaves the log alone, and says how long it is.
    pub fn of(connection: &Connection, spool: SharedSpool) -> Self {
        connection.wal_hook(Some(|_, frames| {
            FRAMES.set(u64::try_from(frames).unwrap_or(0));
            Ok(())
        }));
        Self(spool)
    }

    pub fn take(&self, now: Timestamp) -> StorageResult<Archived> {
        let taken = self.0.with(|spool| spool.take(now));
        taken.unwrap_or_else(|| Err(StorageError::Unusable("the archive is closed".to_owned())))
    }

    /// Notes a commit, and answers whether the log is to be brought into the file now.
    pub fn committed(&self, at: Timestamp) -> bool {
        let frames = FRAMES.replace(0);
        if frames > 0 {
            self.0.with(|spool| spool.committed(frames, at));
        }
        if frames < CHECKPOINT_FRAMES {
            return false;
        }
        let Err(error) = self.take(at) else { return true };
        warn!(target: "erp::backup", %error, "What was committed cannot be archived: {{error}}");
        if frames < GIVE_UP_FRAMES {
            return false;
        }
        warn!(target: "erp::backup", "The chain of backups is given up, so that the write-ahead log does not fill the disk; the next backup is a full one");
        self.0.with(|spool| spool.restart(Some(frames))).is_some_and(|restarted| restarted.is_ok())
    }

    /// The connection is closed.
    pub fn closed(self) {
        self.0.close();
    }
}
