//! Long reads of the embedded engine, such as exports: one thread, one read-only connection and one statement from
//! beginning to end, so one snapshot; rows in batches, because a hop for each row would cost more than reading it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use application::ports::pace::Pace;
use application::ports::storage_error::{StorageError, StorageResult};
use futures::stream::{BoxStream, StreamExt};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tracing::{Instrument, Span};

use super::super::value::{Row, Value};
use super::options::SqliteOptions;
use super::page_cache::PageCache;
use super::pauses::ReadPauses;
use super::reader::STEPS;
use super::values::{bind, names_of, read_row, storage_error};

/// Rows that travel together.
pub const BATCH_ROWS: usize = 512;
/// Batches that may wait for whoever reads them.
const BATCHES_WAITING_MAX: usize = 4;
/// Long reads at the same time; further ones wait.
pub const LONG_READS_MAX: usize = 4;

/// Opens connections for long reads.
#[derive(Clone)]
pub struct LongReads {
    path: PathBuf,
    cache: PageCache,
    busy_timeout: Duration,
    pace: Arc<dyn Pace>,
    places: Arc<Semaphore>,
}

impl LongReads {
    pub fn new(path: &Path, options: &SqliteOptions) -> Self {
        Self {
            path: path.to_owned(),
            cache: options.page_cache(),
            busy_timeout: options.busy_timeout,
            pace: options.pace.clone(),
            places: Arc::new(Semaphore::new(LONG_READS_MAX)),
        }
    }

    pub fn stream(&self, sql: String, params: Vec<Value>) -> BoxStream<'static, StorageResult<Vec<Row>>> {
        let (sender, receiver) = mpsc::channel(BATCHES_WAITING_MAX);
        let (reads, places) = (self.clone(), self.places.clone());
        let span = Span::current();
        let reading = async move {
            // Closed only when the process ends.
            let Ok(_place) = places.acquire_owned().await else { return };
            let failed = sender.clone();
            let read =
                tokio::task::spawn_blocking(move || span.in_scope(|| reads.run(&sql, &params, &sender)));
            let result = read.await.unwrap_or_else(|error| Err(StorageError::Internal(error.to_string())));
            if let Err(error) = result {
                let _ = failed.send(Err(error)).await;
            }
        };
        tokio::spawn(reading.in_current_span());
        ReceiverStream::new(receiver).boxed()
    }

    /// Streams single rows.
    pub fn rows(&self, sql: String, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
        let apart = |batch: StorageResult<Vec<Row>>| match batch {
            Ok(rows) => futures::stream::iter(rows.into_iter().map(Ok)).boxed(),
            Err(error) => futures::stream::once(std::future::ready(Err(error))).boxed(),
        };
        self.stream(sql, params).flat_map(apart).boxed()
    }
}

impl LongReads {
    fn open(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(self.busy_timeout)?;
        connection.execute_batch(&format!(
            "PRAGMA query_only = ON; PRAGMA cache_size = {};",
            PageCache::pragma(self.cache.reader_kib())
        ))?;
        let mut pauses = ReadPauses::new(self.pace.clone());
        let goes_on = move || {
            pauses.stepped(STEPS as u32);
            false
        };
        connection.progress_handler(STEPS, Some(goes_on))?;
        Ok(connection)
    }

    fn run(
        &self,
        sql: &str,
        params: &[Value],
        sender: &mpsc::Sender<StorageResult<Vec<Row>>>,
    ) -> StorageResult<()> {
        let connection = self.open().map_err(storage_error)?;
        let mut statement = connection.prepare(sql).map_err(storage_error)?;
        bind(&mut statement, params).map_err(storage_error)?;
        let names = names_of(&statement);
        let mut rows = statement.raw_query();
        let mut batch = Vec::with_capacity(BATCH_ROWS);
        while let Some(row) = rows.next().map_err(storage_error)? {
            batch.push(read_row(row, &names).map_err(storage_error)?);
            if batch.len() == BATCH_ROWS {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_ROWS));
                if sender.blocking_send(Ok(full)).is_err() {
                    return Ok(()); // the reader went away
                }
            }
        }
        if !batch.is_empty() {
            let _ = sender.blocking_send(Ok(batch));
        }
        Ok(())
    }
}
