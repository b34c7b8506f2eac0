//! The readers of the embedded engine: read-only connections that never wait for the writer (WAL).
//!
//! Most reads take less time than a hop to another thread and back would, so a read runs where it was asked for, for a
//! moment; one that takes longer is given up and runs again on a thread that may wait. Its text is remembered, so that the
//! next one goes there at once.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use application::ports::pace::Pace;
use application::ports::storage_error::{StorageError, StorageResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Span;

use super::super::meter::{Connections, Meter};
use super::super::value::{Row, Value};
use super::options::SqliteOptions;
use super::page_cache::PageCache;
use super::pauses::ReadPauses;
use super::values::{self, bind, names_of, read_row, storage_error};

/// How long a read waits for a free connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Steps of the engine that a read may take on the thread that asked for it: about two milliseconds of processor time.
/// Time itself would not tell, since a process with a quota stands still now and then.
const STEPS_AT_ONCE_MAX: u32 = 50 * STEPS as u32;
/// How long a text that took longer goes to another thread at once.
const SLOW_FOR: Duration = Duration::from_secs(60);
/// Such texts that are remembered.
const SLOW_TEXTS_MAX: usize = 1_024;
/// Steps of the engine between two looks at whether to go on.
pub const STEPS: i32 = 1_000;
/// Prepared statements that each connection keeps.
const STATEMENTS_CACHED_MAX: usize = 256;

/// The pool; clones share it.
#[derive(Clone)]
pub struct Readers(Arc<Shared>);

struct Shared {
    count: u32,
    places: Arc<Semaphore>,
    /// As many as there are places, the one used last at the end: its pages are the warmest.
    idle: Mutex<Vec<Reader>>,
    waiting: AtomicUsize,
    slow: SlowTexts,
    meter: Arc<Meter>,
}

/// Counts a read as waiting for as long as it is there.
struct Waiting<'a>(&'a Shared, Instant);

impl<'a> Waiting<'a> {
    fn of(shared: &'a Shared) -> Self {
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        Self(shared, Instant::now())
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.meter.waited(self.1.elapsed());
    }
}

impl Readers {
    /// Opens all connections. They take memory only for the pages they read.
    pub fn open(path: &Path, options: &SqliteOptions, meter: Arc<Meter>) -> StorageResult<Self> {
        let count = options.readers.max(1);
        let idle = (0..count).map(|_| Reader::open(path, options)).collect::<StorageResult<Vec<_>>>()?;
        Ok(Self(Arc::new(Shared {
            count,
            places: Arc::new(Semaphore::new(idle.len())),
            idle: Mutex::new(idle),
            waiting: AtomicUsize::new(0),
            slow: SlowTexts::default(),
            meter,
        })))
    }

    pub async fn query(&self, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        let text = self.0.slow.key(sql);
        if !self.0.slow.contains(text)
            && let Ok(place) = self.0.places.clone().try_acquire_owned()
        {
            self.0.meter.waited(Duration::ZERO);
            let read = self.with(&place, |reader| reader.query_at_once(sql, params))?;
            if let Some(rows) = read {
                return Ok(rows);
            }
            self.0.slow.insert(text);
        }
        self.query_elsewhere(sql.to_owned(), params.to_vec()).await
    }

    /// On a thread that may wait, until whoever asked goes away.
    async fn query_elsewhere(&self, sql: String, params: Vec<Value>) -> StorageResult<Vec<Row>> {
        let waiting = Waiting::of(&self.0);
        let acquired = tokio::time::timeout(ACQUIRE_TIMEOUT, self.0.places.clone().acquire_owned()).await;
        drop(waiting);
        let place = acquired
            .map_err(|_| StorageError::Timeout("no reader became free in time".to_owned()))?
            .map_err(|_| closed())?;
        let wanted = Wanted::default();
        let (readers, still, span) = (self.clone(), wanted.0.clone(), Span::current());
        let read = tokio::task::spawn_blocking(move || {
            span.in_scope(|| readers.with(&place, |reader| reader.query_while(still, &sql, &params)))
        });
        read.await.map_err(|error| StorageError::Internal(error.to_string()))?
    }

    /// Lends a connection; the place says that there is one.
    fn with<T>(
        &self,
        _place: &OwnedSemaphorePermit,
        read: impl FnOnce(&Reader) -> StorageResult<T>,
    ) -> StorageResult<T> {
        let reader = locked(&self.0.idle).pop().ok_or_else(closed)?;
        let result = read(&reader);
        locked(&self.0.idle).push(reader);
        result
    }

    /// The connections in use, and the idle ones.
    pub fn connections(&self) -> Connections {
        let (max, idle) = (self.0.count as usize, self.0.places.available_permits());
        let waiting = self.0.waiting.load(Ordering::Relaxed);
        Connections { used: max.saturating_sub(idle), idle, max, waiting }
    }

    /// Waits for the reads in progress and closes every connection; a later read is refused.
    pub async fn close(&self) {
        // Fails when it was closed before.
        let _all = self.0.places.acquire_many(self.0.count).await;
        self.0.places.close();
        locked(&self.0.idle).clear();
    }
}

fn closed() -> StorageError {
    StorageError::Unavailable("the database is closed".to_owned())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells that the caller of a read is still there; dropped with the request.
#[derive(Default)]
struct Wanted(Arc<Gone>);

#[derive(Default)]
struct Gone(AtomicBool);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// The reason that ends the read in progress.
enum End {
    /// So many steps from now.
    After(u32),
    When(Arc<Gone>, ReadPauses),
}

impl End {
    /// Asked after every [`STEPS`].
    fn has_come(&mut self) -> bool {
        match self {
            Self::After(steps) => {
                *steps = steps.saturating_sub(STEPS as u32);
                *steps == 0
            }
            Self::When(gone, pauses) => {
                pauses.stepped(STEPS as u32);
                gone.0.load(Ordering::Relaxed)
            }
        }
    }
}

/// One connection.
struct Reader {
    connection: Connection,
    end: Arc<Mutex<Option<End>>>,
    pace: Arc<dyn Pace>,
}

impl Reader {
    fn open(path: &Path, options: &SqliteOptions) -> StorageResult<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(reading_error)?;
        connection.busy_timeout(options.busy_timeout).map_err(reading_error)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
        connection
            .execute_batch(&format!(
                "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = {};",
                PageCache::pragma(options.page_cache().reader_kib())
            ))
            .map_err(reading_error)?;
        values::keep_plans(&connection).map_err(reading_error)?;
        let end: Arc<Mutex<Option<End>>> = Arc::default();
        let watched = end.clone();
        connection
            .progress_handler(STEPS, Some(move || locked(&watched).as_mut().is_some_and(End::has_come)))
            .map_err(reading_error)?;
        Ok(Self { connection, end, pace: options.pace.clone() })
    }

    /// The rows, or `None` when reading them would take longer.
    fn query_at_once(&self, sql: &str, params: &[Value]) -> StorageResult<Option<Vec<Row>>> {
        match self.query(End::After(STEPS_AT_ONCE_MAX), sql, params) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(None),
            read => read.map(Some).map_err(reading_error),
        }
    }

    fn query_while(&self, wanted: Arc<Gone>, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        self.query(End::When(wanted, ReadPauses::new(self.pace.clone())), sql, params).map_err(reading_error)
    }

    fn query(&self, end: End, sql: &str, params: &[Value]) -> rusqlite::Result<Vec<Row>> {
        *locked(&self.end) = Some(end);
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        let names = names_of(&statement);
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read_row(row, &names)?);
        }
        Ok(all)
    }
}

/// Nothing is written, so an error of the file is no lack of space.
fn reading_error(error: rusqlite::Error) -> StorageError {
    match storage_error(error) {
        StorageError::Full(text) => StorageError::Internal(text),
        other => other,
    }
}

/// The texts that took long a short while ago.
#[derive(Default)]
struct SlowTexts {
    hasher: RandomState,
    until: Mutex<HashMap<u64, Instant>>,
}

impl SlowTexts {
    fn key(&self, sql: &str) -> u64 {
        self.hasher.hash_one(sql)
    }

    fn contains(&self, key: u64) -> bool {
        let mut until = locked(&self.until);
        let Some(moment) = until.get(&key) else { return false };
        let slow = Instant::now() < *moment;
        if !slow {
            until.remove(&key);
        }
        slow
    }

    fn insert(&self, key: u64) {
        let (mut until, now) = (locked(&self.until), Instant::now());
        if until.len() >= SLOW_TEXTS_MAX {
            until.retain(|_, moment| now < *moment);
        }
        if until.len() < SLOW_TEXTS_MAX {
            until.insert(key, now + SLOW_FOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tx::open_writer;
    use super::*;

    /// Counts for minutes unless it is stopped.
    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000000) \
                           SELECT count(*) AS n FROM n";
    /// Takes longer than a read may at once, and ends.
    const LONG: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                        SELECT count(*) AS n FROM n";
    const STEPS_OF_LONG: i64 = 300_000;

    fn readers(count: u32) -> (tempfile::TempDir, Readers) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let options = SqliteOptions { readers: count, ..SqliteOptions::default() };
        open_writer(&path, &options).unwrap().execute_batch("CREATE TABLE t (i INTEGER)").unwrap();
        let meter = Arc::new(Meter::new(signals::event::Service::Sqlite, String::new()));
        let readers = Readers::open(&path, &options, meter).unwrap();
        (folder, readers)
    }

    fn count(rows: Vec<Row>) -> i64 {
        rows.into_iter().next().unwrap().single("n", "n").unwrap()
    }

    #[tokio::test]
    async fn a_read_that_takes_longer_moves_to_another_thread_and_stays_there() {
        let (_folder, readers) = readers(2);
        let short = "SELECT ?1 AS n";
        assert_eq!(count(readers.query(short, &[Value::Int(7)]).await.unwrap()), 7);
        assert!(!readers.0.slow.contains(readers.0.slow.key(short)));
        for _ in 0..2 {
            let rows = readers.query(LONG, &[Value::Int(STEPS_OF_LONG)]).await.unwrap();
            assert_eq!(count(rows), STEPS_OF_LONG);
            assert!(readers.0.slow.contains(readers.0.slow.key(LONG)));
        }
    }

    #[tokio::test]
    async fn a_read_that_nobody_waits_for_any_more_ends() {
        let (_folder, readers) = readers(1);
        let asked = tokio::time::timeout(Duration::from_millis(50), readers.query(ENDLESS, &[])).await;
        assert!(asked.is_err());
        // The only connection comes back.
        readers.query("SELECT 1", &[]).await.unwrap();
    }

    #[tokio::test]
    async fn more_readers_than_connections_wait_and_nothing_can_be_written() {
        let (_folder, readers) = readers(1);
        let all = (0..8).map(|_| readers.query(LONG, &[Value::Int(STEPS_OF_LONG)]));
        for read in futures::future::join_all(all).await {
            read.unwrap();
        }
        assert!(readers.query("INSERT INTO t VALUES (1)", &[]).await.is_err());
        assert!(readers.query("SELECT nothing", &[]).await.is_err());
        readers.query("SELECT 1", &[]).await.unwrap();
    }

    #[tokio::test]
    async fn a_closed_pool_refuses() {
        let (_folder, readers) = readers(3);
        readers.close().await;
        let refused = readers.query("SELECT 1", &[]).await.unwrap_err();
        assert!(matches!(refused, StorageError::Unavailable(_)), "{refused:?}");
    }

    #[tokio::test]
    async fn closing_waits_for_the_reads_in_progress() {
        let (_folder, readers) = readers(2);
        let reading = tokio::spawn({
            let readers = readers.clone();
            async move { readers.query(LONG, &[Value::Int(10 * STEPS_OF_LONG)]).await }
        });
        while readers.0.places.available_permits() == 2 {
            tokio::task::yield_now().await;
        }
        readers.close().await;
        assert!(locked(&readers.0.idle).is_empty());
        assert_eq!(count(reading.await.unwrap().unwrap()), 10 * STEPS_OF_LONG);
        assert!(locked(&readers.0.idle).is_empty(), "no connection comes back after it");
    }

    #[test]
    fn so_many_slow_texts_are_remembered_and_no_more() {
        let slow = SlowTexts::default();
        for key in 0..SLOW_TEXTS_MAX as u64 + 10 {
            slow.insert(key);
        }
        assert!(slow.contains(0) && !slow.contains(SLOW_TEXTS_MAX as u64 + 1));
    }
}
