//! Whether an embedded database is there and takes writes, for health: seen over a connection of its own, because readers
//! go on with a file that somebody moved away, and asked of the writer, because a file says nothing of the thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use application::platform::leadership::LEASE;
use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Mutex, oneshot};

use super::super::migrate::MIGRATIONS;
use super::damage::Damage;
use super::values::storage_error;
use super::writer::{Job, SqliteWriter};

/// How long the file, and then the writer, may take to answer: together less than a health check may.
pub const FILE_WAIT_MAX: Duration = Duration::from_millis(700);
pub const WRITER_WAIT_MAX: Duration = Duration::from_secs(1);
/// How long a writer that is at work may get nothing done. An import may compute for seconds between two statements; readiness
/// takes two such looks, 5 s apart, and is to end within 15 s of a writer that hangs (drill 5).
pub const WRITER_SILENCE_MAX: Duration = Duration::from_secs(3);
/// How long the look at the file waits for a lock: only the recovery of a log takes one that readers feel.
const BUSY_TIMEOUT: Duration = Duration::from_millis(500);

/// The newest migration, but for those of a newer version that only add.
const NEWEST_MIGRATION: &str =
    "SELECT coalesce(max(number), 0) FROM schema_migration WHERE number <= ?1 OR expand_only = 0";

/// The newest moment that the file is sure to know without reading the books: of the schema, and of the lease that the
/// background work renews every few seconds.
const NEWEST_MOMENT: &str = "SELECT max(moment) FROM (SELECT max(applied_at) AS moment FROM schema_migration \
     UNION ALL SELECT max(expires_at) - ?1 FROM lease)";

/// The identity of the file, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(Option<(u64, u64)>);

impl Identity {
    fn of(path: &Path) -> std::io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt;
            Some((metadata.dev(), metadata.ino()))
        };
        #[cfg(not(unix))]
        let number = {
            let _ = metadata;
            None
        };
        Ok(Self(number))
    }
}

pub struct SqliteProbe {
    path: PathBuf,
    /// The file that was opened at the start.
    identity: Identity,
    writer: SqliteWriter,
    damage: Arc<Damage>,
    /// One look at a time: those at a disk that hangs would pile up.
    looking: Arc<Mutex<()>>,
}

impl SqliteProbe {
    pub fn new(path: &Path, writer: SqliteWriter, damage: Arc<Damage>) -> StorageResult<Self> {
        let identity = Identity::of(path).map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok(Self { path: path.to_owned(), identity, writer, damage, looking: Arc::default() })
    }

    /// Checks that the file is the one that was opened, has this program's schema, and takes writes.
    pub async fn check(&self) -> StorageResult<()> {
        if self.damage.is_found() {
            return Err(StorageError::Damaged("restore a backup".to_owned()));
        }
        let wanted = MIGRATIONS.last().map_or(0, |migration| migration.number);
        let applied = self.ask(NEWEST_MIGRATION, wanted).await?;
        if applied != wanted {
            let text = format!("the schema is at migration {applied}, this version's is {wanted}");
            return Err(StorageError::Unusable(text));
        }
        self.writer.answers(WRITER_WAIT_MAX, WRITER_SILENCE_MAX).await
    }

    /// The clock's time when something was recorded last, as far as that is known without reading the books.
    pub async fn newest_moment(&self) -> StorageResult<Timestamp> {
        let lease = i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX);
        self.ask(NEWEST_MOMENT, lease).await.map(Timestamp::from_micros)
    }

    /// One number, over a connection of its own.
    async fn ask(&self, sql: &'static str, parameter: i64) -> StorageResult<i64> {
        let asked = async {
            let looking = self.looking.clone().lock_owned().await;
            let (path, identity) = (self.path.clone(), self.identity);
            let look = tokio::task::spawn_blocking(move || {
                let seen = look(&path, identity, sql, parameter);
                drop(looking);
                seen
            });
            look.await.unwrap_or_else(|error| Err(StorageError::Internal(error.to_string())))
        };
        let late = || StorageError::Timeout("the database file did not answer in time".to_owned());
        let seen = tokio::time::timeout(FILE_WAIT_MAX, asked).await.unwrap_or_else(|_| Err(late()));
        self.damage.noted(seen)
    }
}

fn look(path: &Path, identity: Identity, sql: &str, parameter: i64) -> StorageResult<i64> {
    let missing = |error: std::io::Error| StorageError::Unavailable(format!("the database file: {error}"));
    if Identity::of(path).map_err(missing)? != identity {
        return Err(StorageError::Unavailable(
            "another file stands where the database was; what is written now is lost with the old one: restart"
                .to_owned(),
        ));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(storage_error)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(storage_error)?;
    connection.query_row(sql, [parameter], |row| row.get(0)).map_err(storage_error)
}

impl SqliteWriter {
    /// Whether the writer takes the database's write lock. While it is at work it need not, if it gets something done.
    pub async fn answers(&self, wait: Duration, silence_max: Duration) -> StorageResult<()> {
        // Several may ask at once; none takes longer than `wait`.
        if let Ok(answered) = tokio::time::timeout(wait, self.proved()).await {
            return answered;
        }
        let silent = self.pulse.silent_for();
        if silent <= silence_max {
            return Ok(());
        }
        Err(StorageError::Timeout(format!("the writer got nothing done for {} s", silent.as_secs())))
    }

    /// Waits for a proof. One that is given up stays for whoever asks next.
    async fn proved(&self) -> StorageResult<()> {
        let stopped = || StorageError::Unavailable("the writer has stopped".to_owned());
        let mut awaited = self.proof.lock().await;
        if awaited.is_none() {
            let (reply, answer) = oneshot::channel();
            self.jobs.send(Job::Prove(reply)).await.map_err(|_| stopped())?;
            *awaited = Some(answer);
        }
        let Some(answer) = awaited.as_mut() else { return Err(stopped()) };
        let answered = answer.await;
        *awaited = None;
        answered.unwrap_or_else(|_| Err(stopped()))
    }
}
