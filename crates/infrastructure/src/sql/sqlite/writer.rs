//! The writer of the embedded engine: one connection, one thread, group commit.
//!
//! Commands are sent here as values and run to completion on this thread, so a statement costs no hop. Those that
//! arrive while others run share one physical transaction, each in a savepoint, and all are answered after its commit
//! (`synchronous=FULL`: what is acknowledged survives a kill and a power cut).

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::error::{AppError, AppResult, STORAGE_FULL};
use application::ports::clock::Clock;
use application::ports::database::{Outcome, Work};
use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;
use domain::time::Timestamp;
use futures::FutureExt;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};
use tokio::sync::{mpsc, oneshot};

use super::meter::Meter;
use super::reference_memory::ReferenceMemory;
use super::refusal::LastRefusal;
use super::statement::Lookup;
use super::tx::{ROWS_MAX, Tx};
use super::value::{Row, Value, date_to_sqlite};
use crate::persistence::SqlUnitOfWork;

/// Works that may share one commit.
pub const GROUP_WORKS_MAX: usize = 256;
/// How long a group may collect works before it commits, so that the first does not wait for a stream of others.
pub const GROUP_TIME_MAX: Duration = Duration::from_millis(25);
/// Works that may wait for the writer; beyond it callers are told to come again.
pub const QUEUE_WORKS_MAX: usize = 4_096;
/// Prepared statements the writer keeps.
const STATEMENTS_CACHED_MAX: usize = 512;

/// Opens a connection with the pragmas of the writer.
pub fn open_writer(path: &Path) -> StorageResult<Connection> {
    let connection = Connection::open(path).map_err(storage_error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA busy_timeout = 10000; PRAGMA cache_size = -131072; PRAGMA temp_store = MEMORY; \
             PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 134217728;",
        )
        .map_err(storage_error)?;
    Ok(connection)
}

enum Job {
    Work(Arc<dyn Work>, oneshot::Sender<AppResult<()>>),
    /// Answered when everything before it is committed or gone.
    Settle(oneshot::Sender<()>),
}

/// Sends works to the writer thread.
#[derive(Clone)]
pub struct SqliteWriter {
    jobs: mpsc::Sender<Job>,
    refusal: Arc<LastRefusal>,
}

impl SqliteWriter {
    /// Starts the writer thread. It ends when the last handle is dropped, after finishing what was sent.
    pub fn start(
        connection: Connection,
        clock: Arc<dyn Clock>,
        meter: Arc<Meter>,
        new_unit_of_work: impl FnOnce(Tx) -> SqlUnitOfWork + Send + 'static,
    ) -> StorageResult<Self> {
        let (jobs, receiver) = mpsc::channel(QUEUE_WORKS_MAX);
        let uow = new_unit_of_work(Tx::Sqlite(SqliteTx {
            connection,
            memory: ReferenceMemory::default(),
            meter,
            depth: 0,
            poisoned: false,
        }));
        let refusal = Arc::new(LastRefusal::default());
        let noted = refusal.clone();
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                WriterThread { uow, clock, last: Timestamp::from_micros(0), refusal: noted }.run(receiver)
            })
            .map_err(|error| StorageError::Internal(format!("writer thread: {error}")))?;
        Ok(Self { jobs, refusal })
    }

    /// Whether the disk was full, or could not be written, when a write was last tried.
    pub fn is_refused(&self) -> bool {
        self.refusal.is_recent()
    }

    pub async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .try_send(Job::Work(work, reply))
            .map_err(|_| StorageError::Unavailable("the writer's queue is full".to_owned()))?;
        answer.await.map_err(|_| StorageError::Unavailable("the writer has stopped".to_owned()))?
    }

    pub async fn settle(&self) -> AppResult<()> {
        let gone = || StorageError::Unavailable("the writer has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Settle(reply)).await.map_err(|_| gone())?;
        Ok(answer.await.map_err(|_| gone())?)
    }
}

struct WriterThread {
    uow: SqlUnitOfWork,
    clock: Arc<dyn Clock>,
    last: Timestamp,
    refusal: Arc<LastRefusal>,
}

type Replies = Vec<(oneshot::Sender<AppResult<()>>, AppResult<()>)>;

impl WriterThread {
    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.blocking_recv() {
            match job {
                Job::Settle(reply) => drop(reply.send(())),
                Job::Work(work, reply) => self.group(work, reply, &mut jobs),
            }
        }
        // Leaves a database file that needs no recovery; the next start would do it otherwise.
        if let Ok(tx) = self.sqlite() {
            let _ = tx.batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
        }
    }

    fn sqlite(&mut self) -> StorageResult<&mut SqliteTx> {
        match &mut self.uow.tx {
            Tx::Sqlite(tx) => Ok(tx),
            Tx::SqlServer(_) => Err(StorageError::Internal("another engine's transaction".to_owned())),
        }
    }

    /// One physical transaction: the first work and whatever else has arrived when it is done.
    fn group(
        &mut self,
        work: Arc<dyn Work>,
        reply: oneshot::Sender<AppResult<()>>,
        jobs: &mut mpsc::Receiver<Job>,
    ) {
        if let Err(error) = self.sqlite().and_then(|tx| tx.batch("BEGIN IMMEDIATE")) {
            let _ = reply.send(Err(error.into()));
            return;
        }
        let began = Instant::now();
        let mut replies: Replies = Vec::new();
        let mut settled = Vec::new();
        let mut next = Some((work, reply));
        while let Some((work, reply)) = next.take() {
            let result = self.one(&*work);
            replies.push((reply, result));
            if self.sqlite().is_ok_and(|tx| tx.connection.is_autocommit()) {
                break; // the engine gave up the whole transaction (disk full, I/O error)
            }
            while next.is_none() && replies.len() < GROUP_WORKS_MAX && began.elapsed() < GROUP_TIME_MAX {
                match jobs.try_recv() {
                    Ok(Job::Work(work, reply)) => next = Some((work, reply)),
                    Ok(Job::Settle(reply)) => settled.push(reply),
                    Err(_) => break,
                }
            }
        }
        let committed = self.commit();
        if let (Err(_), Ok(tx)) = (&committed, self.sqlite()) {
            tx.memory.forget();
        }
        for (reply, result) in replies {
            let answer = match (&committed, result) {
                (Err(error), Ok(())) => Err(storage_error_again(error).into()),
                (_, result) => result,
            };
            match &answer {
                Ok(()) => self.refusal.succeeded(),
                Err(error) if error.is(&STORAGE_FULL) => self.refusal.refused(),
                Err(_) => {}
            }
            let _ = reply.send(answer);
        }
        for reply in settled {
            let _ = reply.send(());
        }
    }

    fn commit(&mut self) -> StorageResult<()> {
        let tx = self.sqlite()?;
        if tx.connection.is_autocommit() {
            return Err(StorageError::Full("the engine rolled the transaction back".to_owned()));
        }
        tx.batch("COMMIT").inspect_err(|_| {
            let _ = tx.connection.execute_batch("ROLLBACK");
        })
    }

    /// One work in its savepoint; a failure or a panic undoes that work alone.
    fn one(&mut self, work: &dyn Work) -> AppResult<()> {
        self.last = Timestamp::from_micros(self.clock.now().micros().max(self.last.micros() + 1));
        let now = self.last;
        self.sqlite()?.savepoint()?;
        self.uow.reset(work.tenant(), now);
        let run = AssertUnwindSafe(work.run(&mut self.uow)).catch_unwind();
        let result = futures::executor::block_on(run)
            .unwrap_or_else(|_| Err(AppError::internal("a command panicked; its work was rolled back")));
        let poisoned = std::mem::take(&mut self.sqlite()?.poisoned);
        let keep = matches!(result, Ok(Outcome::Commit)) && !poisoned;
        let tx = self.sqlite()?;
        if !tx.connection.is_autocommit() {
            while tx.depth > 1 {
                tx.end_savepoint(false)?;
            }
            tx.end_savepoint(keep)?;
        }
        tx.depth = 0;
        tx.memory.work_ended();
        match result {
            Ok(Outcome::Commit) if poisoned => {
                Err(AppError::internal("a command went on after a failed statement"))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The writer's connection inside a transaction.
pub struct SqliteTx {
    connection: Connection,
    memory: ReferenceMemory,
    meter: Arc<Meter>,
    depth: usize,
    poisoned: bool,
}

impl SqliteTx {
    fn batch(&mut self, sql: &str) -> StorageResult<()> {
        self.connection.execute_batch(sql).map_err(storage_error)
    }

    pub fn savepoint(&mut self) -> StorageResult<()> {
        self.depth += 1;
        let sql = format!("SAVEPOINT s{}", self.depth);
        self.cached(&sql)
    }

    pub fn end_savepoint(&mut self, keep: bool) -> StorageResult<()> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        self.poisoned &= keep;
        if !keep {
            self.cached(&format!("ROLLBACK TO s{depth}"))?;
        }
        self.cached(&format!("RELEASE s{depth}"))
    }

    fn cached(&mut self, sql: &str) -> StorageResult<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(storage_error)?;
        statement.execute([]).map(|_| ()).map_err(storage_error)
    }

    pub fn execute(&mut self, sql: &str, params: &[Value]) -> StorageResult<u64> {
        self.meter.statement();
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            bind(&mut statement, params)?;
            statement.raw_execute()
        });
        self.checked(result).map(|changed| changed as u64)
    }

    pub fn query(&mut self, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        self.meter.statement();
        self.rows(sql, params)
    }

    fn rows(&mut self, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            bind(&mut statement, params)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push(read_row(row, columns)?);
                if out.len() > ROWS_MAX {
                    return Err(rusqlite::Error::InvalidQuery);
                }
            }
            Ok(out)
        });
        self.checked(result)
    }

    /// Forgets reference data that this write may change.
    pub fn will_write(&mut self, name: &str) {
        self.memory.will_write(name);
    }

    /// A read of reference data, from memory where it was read before.
    pub fn remembered(&mut self, name: &'static str, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        if let Some(rows) = self.memory.get(name, params) {
            return Ok(rows);
        }
        let rows = self.query(sql, params)?;
        self.memory.put(name, params, &rows);
        Ok(rows)
    }

    /// The rows of all keys: one statement, run for each key that is not remembered.
    pub fn lookup(
        &mut self,
        lookup: &Lookup,
        tenant: TenantId,
        keys: impl Iterator<Item = Value>,
    ) -> StorageResult<Vec<Row>> {
        let (mut rows, mut asked) = (Vec::new(), false);
        for key in keys {
            let params = [tenant.into(), key];
            let remembered = if lookup.reference { self.memory.get(lookup.name, &params) } else { None };
            if let Some(remembered) = remembered {
                rows.extend(remembered);
                continue;
            }
            if !std::mem::replace(&mut asked, true) {
                self.meter.statement();
            }
            let found = self.rows(lookup.sqlite(), &params)?;
            if lookup.reference {
                self.memory.put(lookup.name, &params, &found);
            }
            rows.extend(found);
        }
        Ok(rows)
    }

    pub fn insert_many(&mut self, sql: &str, rows: impl Iterator<Item = Vec<Value>>) -> StorageResult<()> {
        self.meter.statement();
        let result = self.connection.prepare_cached(sql).and_then(|mut statement| {
            for row in rows {
                bind(&mut statement, &row)?;
                statement.raw_execute()?;
            }
            Ok(())
        });
        self.checked(result)
    }

    pub fn accumulate(
        &mut self,
        (update, insert): &(String, String),
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> StorageResult<()> {
        self.meter.statement();
        let connection = &self.connection;
        let result = connection.prepare_cached(update).and_then(|mut update| {
            for row in rows {
                bind(&mut update, &row)?;
                if update.raw_execute()? == 0 {
                    let mut insert = connection.prepare_cached(insert)?;
                    bind(&mut insert, &row)?;
                    insert.raw_execute()?;
                }
            }
            Ok(())
        });
        self.checked(result)
    }

    fn checked<T>(&mut self, result: rusqlite::Result<T>) -> StorageResult<T> {
        result.map_err(|error| {
            self.poisoned = true;
            storage_error(error)
        })
    }
}

pub fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> rusqlite::Result<()> {
    for (index, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::Value as Owned;
        Ok(match self {
            Value::Null => ToSqlOutput::Owned(Owned::Null),
            Value::Int(v) => ToSqlOutput::Owned(Owned::Integer(*v)),
            Value::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Value::Blob(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Value::Id(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v.as_bytes())),
            Value::Hash(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Value::Bool(v) => ToSqlOutput::Owned(Owned::Integer((*v).into())),
            Value::Date(v) => ToSqlOutput::Owned(Owned::Integer(date_to_sqlite(*v))),
            Value::Time(v) => ToSqlOutput::Owned(Owned::Integer(v.micros())),
            Value::Amount(v) => ToSqlOutput::Owned(Owned::Integer(v.scaled())),
            Value::Rate(v) => ToSqlOutput::Owned(Owned::Integer(v.scaled())),
        })
    }
}

pub fn read_row(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    let read = |index| {
        Ok(match row.get_ref(index)? {
            ValueRef::Null | ValueRef::Real(_) => Value::Null,
            ValueRef::Integer(v) => Value::Int(v),
            ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
            ValueRef::Blob(v) => Value::Blob(v.to_vec()),
        })
    };
    (0..columns).map(read).collect::<rusqlite::Result<_>>().map(Row)
}

/// Classifies an engine error; the name of a violated constraint is kept so that adapters can explain it.
pub fn storage_error(error: rusqlite::Error) -> StorageError {
    let text = error.to_string();
    let rusqlite::Error::SqliteFailure(failure, detail) = &error else {
        return StorageError::Internal(text);
    };
    match failure.code {
        ErrorCode::ConstraintViolation => {
            let detail = detail.clone().unwrap_or_default();
            let constraint = detail.rsplit(": ").next().unwrap_or_default().to_owned();
            StorageError::Constraint { constraint, detail }
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StorageError::Retryable(text),
        ErrorCode::DiskFull
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::SystemIoFailure => StorageError::Full(text),
        ErrorCode::CannotOpen => StorageError::Unavailable(text),
        _ => StorageError::Internal(text),
    }
}

/// A commit that failed fails every work of its group alike.
fn storage_error_again(error: &StorageError) -> StorageError {
    match error {
        StorageError::Full(text) => StorageError::Full(text.clone()),
        StorageError::Retryable(text) => StorageError::Retryable(text.clone()),
        other => StorageError::Unavailable(format!("commit failed: {other}")),
    }
}
