//! The database as the adapters see it: statements in, rows out, and the unit of work for writes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use application::error::AppResult;
use application::ports::clock::{Clock, Ids};
use application::ports::database::{Database, Work};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::TenantId;
use futures::stream::BoxStream;
use sqlx::sqlite::SqlitePool;

use super::dialect::Dialect;
use super::meter::{Asked, Meter};
use super::migrate;
use super::mssql::connection_string::SqlServerOptions;
use super::mssql::engine::{OpenSqlServer, SqlServerEngine};
use super::sqlite::long_reads::LongReads;
use super::sqlite::page_cache::{PAGE_CACHE_BYTES_DEFAULT, PageCache};
use super::sqlite::reader;
use super::sqlite::tx::open_writer;
use super::sqlite::writer::SqliteWriter;
use super::statement::{Lookup, Statement};
use super::value::{Row, Value, json_keys};
use crate::persistence::SqlUnitOfWork;

/// Read-only connections unless configured.
pub const READERS_DEFAULT: u32 = 4;

/// One database of either engine, migrated and ready.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    meter: Arc<Meter>,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<SqliteEngine>),
    SqlServer(Arc<SqlServerEngine>),
}

struct SqliteEngine {
    path: PathBuf,
    writer: SqliteWriter,
    readers: SqlitePool,
    long_reads: LongReads,
    /// Held for the life of the process: a second server on the same file is refused.
    _lock: File,
}

impl Db {
    /// Opens (and creates, and migrates) the SQLite file at `path`.
    ///
    /// Fails with [`StorageError::Unavailable`] when another server has it open and [`StorageError::Full`] when the
    /// directory cannot be written.
    pub async fn open_sqlite(
        path: &Path,
        readers: u32,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> StorageResult<Self> {
        Self::open_sqlite_with(path, readers, PAGE_CACHE_BYTES_DEFAULT, clock, ids).await
    }

    /// The same with so many bytes for the page caches of all connections together.
    pub async fn open_sqlite_with(
        path: &Path,
        readers: u32,
        page_cache_bytes: u64,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> StorageResult<Self> {
        let lock = lock_database(path)?;
        let readers = readers.max(1);
        let cache = PageCache::new(page_cache_bytes, readers);
        let mut connection = open_writer(path, cache).map_err(|error| named(path, error))?;
        migrate::migrate_sqlite(&mut connection, clock.now()).map_err(|error| named(path, error))?;
        let meter = Arc::new(Meter::default());
        let writer =
            SqliteWriter::start(connection, clock, meter.clone(), move |tx| SqlUnitOfWork::new(tx, ids))?;
        let readers = reader::open_readers(path, readers, cache).await?;
        Ok(Self {
            engine: Engine::Sqlite(Arc::new(SqliteEngine {
                path: path.to_owned(),
                writer,
                readers,
                long_reads: LongReads::new(path, cache),
                _lock: lock,
            })),
            meter,
        })
    }

    /// Connects to SQL Server, as [`SqlServerEngine::open`] says.
    pub async fn open_sql_server(
        open: OpenSqlServer,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> StorageResult<Self> {
        let meter = Arc::new(Meter::default());
        let engine = SqlServerEngine::open(open, clock, ids, meter.clone()).await?;
        Ok(Self { engine: Engine::SqlServer(Arc::new(engine)), meter })
    }

    /// Changes to other connections of SQL Server without losing a request; nothing for an embedded database.
    pub async fn reconnect(&self, options: &SqlServerOptions) -> StorageResult<()> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::SqlServer(engine) => engine.reconnect(options).await,
        }
    }

    pub fn dialect(&self) -> Dialect {
        match self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::SqlServer(_) => Dialect::SqlServer,
        }
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match &self.engine {
            Engine::Sqlite(engine) => Some(&engine.path),
            Engine::SqlServer(_) => None,
        }
    }

    /// Whether the storage refused the last write; for health.
    pub fn refuses_writes(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(engine) => engine.writer.is_refused(),
            Engine::SqlServer(engine) => engine.refuses_writes(),
        }
    }

    /// Reads outside any transaction: one statement, one snapshot.
    pub async fn query(&self, statement: &Statement, params: &[Value]) -> StorageResult<Vec<Row>> {
        self.meter.statement();
        let began = Instant::now();
        let rows = match &self.engine {
            Engine::Sqlite(engine) => reader::query(&engine.readers, statement.sqlite(), params).await,
            Engine::SqlServer(engine) => engine.query(statement.mssql(), params).await,
        };
        self.meter.took(statement.name, began);
        rows
    }

    /// Several reads in one round trip where there is one; each sees what is committed when it is run.
    pub async fn query_all<const N: usize>(
        &self,
        queries: [(&Statement, &[Value]); N],
    ) -> StorageResult<[Vec<Row>; N]> {
        if let Engine::SqlServer(engine) = &self.engine {
            queries.iter().for_each(|_| self.meter.statement());
            let (began, name) = (Instant::now(), queries.first().map_or("", |(statement, _)| statement.name));
            let texts = queries.map(|(statement, params)| (statement.mssql(), params));
            let rows = engine.query_all(texts).await;
            self.meter.took(name, began);
            return rows;
        }
        let mut all = [const { Vec::new() }; N];
        for (rows, (statement, params)) in all.iter_mut().zip(queries) {
            *rows = self.query(statement, params).await?;
        }
        Ok(all)
    }

    pub async fn find(&self, statement: &Statement, params: &[Value]) -> StorageResult<Option<Row>> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }

    /// The rows of all keys in one statement, in no particular order.
    pub async fn lookup(
        &self,
        lookup: &Lookup,
        tenant: TenantId,
        keys: impl Iterator<Item = Value>,
    ) -> StorageResult<Vec<Row>> {
        let keys = json_keys(keys)?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.meter.statement();
        let params = [tenant.into(), Value::Text(serde_json::Value::from(keys).to_string())];
        let began = Instant::now();
        let rows = match &self.engine {
            Engine::Sqlite(engine) => reader::query(&engine.readers, lookup.sqlite_many(), &params).await,
            Engine::SqlServer(engine) => engine.query(lookup.mssql(), &params).await,
        };
        self.meter.took(lookup.name, began);
        rows
    }

    /// Reads with a text composed of the closed pieces of a list; hooks and parameters are rendered as in a statement.
    pub async fn query_text(&self, text: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        self.meter.statement();
        let sql = self.dialect().render(text);
        let began = Instant::now();
        let rows = match &self.engine {
            Engine::Sqlite(engine) => reader::query(&engine.readers, &sql, params).await,
            Engine::SqlServer(engine) => engine.query(&sql, params).await,
        };
        self.meter.took(&sql, began);
        rows
    }

    /// All rows of a text as they come, in one snapshot, with flat memory.
    pub fn stream_text(&self, text: &str, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
        self.meter.statement();
        let sql = self.dialect().render(text);
        match &self.engine {
            Engine::Sqlite(engine) => reader::stream(engine.readers.clone(), sql, params),
            Engine::SqlServer(engine) => engine.stream(sql, params),
        }
    }

    /// The same in batches, for exports of millions of rows.
    pub fn stream_batches(
        &self,
        text: &str,
        params: Vec<Value>,
    ) -> BoxStream<'static, StorageResult<Vec<Row>>> {
        self.meter.statement();
        let sql = self.dialect().render(text);
        match &self.engine {
            Engine::Sqlite(engine) => engine.long_reads.stream(sql, params),
            Engine::SqlServer(engine) => engine.stream_pieces(sql, params),
        }
    }

    /// How much was asked of the database so far; for budgets.
    pub fn asked(&self) -> Asked {
        self.meter.asked()
    }

    /// Whether there is no tenant yet.
    pub async fn is_empty(&self) -> StorageResult<bool> {
        Ok(self.query_text("SELECT id FROM tenant ORDER BY id {page ?1}", &[Value::Int(1)]).await?.is_empty())
    }

    /// The tenant with this code.
    pub async fn tenant_by_code(&self, code: &str) -> StorageResult<Option<TenantId>> {
        let rows = self.query_text("SELECT id FROM tenant WHERE code = ?1", &[code.into()]).await?;
        rows.into_iter().next().map(|row| row.single("tenant", "id")).transpose()
    }

    /// Whether a trivial query is answered; for health.
    pub async fn ping(&self) -> StorageResult<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.query_text("SELECT 1", &[]).await.map(|_| ()),
            Engine::SqlServer(engine) => engine.ping().await,
        }
    }
}

#[async_trait]
impl Database for Db {
    async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.writer.write(work).await,
            Engine::SqlServer(engine) => engine.write(work).await,
        }
    }

    async fn settle(&self, tenant: TenantId) -> AppResult<()> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.writer.settle().await,
            Engine::SqlServer(engine) => Ok(engine.settle(tenant).await?),
        }
    }

    fn has_one_writer(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }
}

/// Takes the lock file beside the database, which the operating system frees when the process ends, however it ends.
pub(super) fn lock_database(path: &Path) -> StorageResult<File> {
    let shown = path.display();
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(|error| unwritable(directory, error))?;
    }
    let lock_path = path.with_extension("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|error| unwritable(&lock_path, error))?;
    file.try_lock().map_err(|error| {
        StorageError::Unavailable(format!(
            "{shown} is in use by another server ({error}). An embedded database serves one process: stop the other, \
             or give this one another Data:Directory"
        ))
    })?;
    Ok(file)
}

fn unwritable(path: &Path, error: impl std::fmt::Display) -> StorageError {
    StorageError::Full(format!(
        "{}: {error}. Free space there, or give Data:Directory a folder that can be written",
        path.display()
    ))
}

/// What the engine says of a file it cannot write, with the file's name.
fn named(path: &Path, error: StorageError) -> StorageError {
    match error {
        StorageError::Full(text) => unwritable(path, text),
        other => other,
    }
}
