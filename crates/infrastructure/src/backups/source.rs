//! The database that is backed up: being written by this process, or closed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::ports::clock::{Clock, Ids};
use application::ports::storage_error::{StorageError, StorageResult};

use crate::sql::db::LiveArchive;
use crate::sql::sqlite::archive::{ArchiveOptions, Archived, SharedSpool, Spool};
use crate::sql::sqlite::lock::{DatabaseLock, Purpose, lock_database};

pub enum Source {
    Live(LiveArchive),
    Closed(ClosedArchive),
}

/// The archive of a database that no server has open. The log of a server that was killed is still in it.
pub struct ClosedArchive {
    spool: SharedSpool,
    database: PathBuf,
    clock: Arc<dyn Clock>,
    _lock: DatabaseLock,
}

impl Source {
    /// Refused while a server has the database open.
    pub fn closed(
        database: &Path,
        options: &ArchiveOptions,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> StorageResult<Self> {
        if !database.exists() {
            return Err(StorageError::Unusable(format!("{} does not exist", database.display())));
        }
        let (database, lock) = lock_database(database, Purpose::Server)?;
        let spool = SharedSpool::new(Spool::open(&database, options, ids)?);
        Ok(Self::Closed(ClosedArchive { spool, database, clock, _lock: lock }))
    }

    pub fn database(&self) -> &Path {
        match self {
            Self::Live(live) => &live.database,
            Self::Closed(closed) => &closed.database,
        }
    }

    /// Brings everything that is committed into the archive.
    pub async fn take(&self) -> StorageResult<Archived> {
        match self {
            Self::Live(live) => live.take().await,
            Self::Closed(closed) => {
                let now = closed.clock.now();
                closed.spool.with(|spool| spool.take(now)).unwrap_or_else(|| Err(gone()))
            }
        }
    }

    pub fn spool<T>(&self, act: impl FnOnce(&mut Spool) -> StorageResult<T>) -> StorageResult<T> {
        let spool = match self {
            Self::Live(live) => &live.spool,
            Self::Closed(closed) => &closed.spool,
        };
        spool.with(act).unwrap_or_else(|| Err(gone()))
    }
}

impl Drop for ClosedArchive {
    fn drop(&mut self) {
        self.spool.close();
    }
}

fn gone() -> StorageError {
    StorageError::Unavailable("the archive is closed".to_owned())
}
