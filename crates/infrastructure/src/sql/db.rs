//! The database as the adapters see it: statements in, rows out, and the unit of work for writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::error::AppResult;
use application::ports::clock::{Clock, Ids};
use application::ports::database::{Database, Work};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::TenantId;
use futures::stream::{BoxStream, StreamExt};
use signals::event::Service;

use super::dialect::Dialect;
use super::meter::{Asked, Connections, Meter, Ran};
use super::migrate;
pub use super::moments::DatabaseClock;
use super::mssql::connection_string::SqlServerOptions;
use super::mssql::engine::{OpenSqlServer, SqlServerEngine};
use super::sqlite::archive::spool::give_up;
use super::sqlite::archive::{Archived, SharedSpool, Spool};
use super::sqlite::damage::Damage;
use super::sqlite::file::{look_through, named};
use super::sqlite::lock::{DatabaseLock, Purpose, lock_database};
use super::sqlite::long_reads::LongReads;
use super::sqlite::options::SqliteOptions;
use super::sqlite::probe::SqliteProbe;
use super::sqlite::reader::Readers;
use super::sqlite::tx::open_writer;
use super::sqlite::writer::SqliteWriter;
use super::statement::{Lookup, Statement};
use super::unit::OpenUnit;
use super::value::{Row, Value, json_keys};

/// How long a database may take to close: the last works, then the write-ahead log into the file.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

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

/// The archive of a database that is being written.
#[derive(Clone)]
pub struct LiveArchive {
    pub spool: SharedSpool,
    pub database: PathBuf,
    writer: SqliteWriter,
}

impl LiveArchive {
    /// Brings everything that is committed into the archive.
    pub async fn take(&self) -> StorageResult<Archived> {
        self.writer.archive().await
    }
}

struct SqliteEngine {
    path: PathBuf,
    writer: SqliteWriter,
    readers: Readers,
    long_reads: LongReads,
    damage: Arc<Damage>,
    probe: SqliteProbe,
    archive: Option<SharedSpool>,
    /// Held for the life of the process: a second server on the same file is refused.
    _lock: DatabaseLock,
}

impl Db {
    /// Opens (and creates, and migrates) the SQLite file at `path`. `open_unit` puts the repositories on its transactions.
    ///
    /// Fails with [`StorageError::Unusable`] when another server has it open, [`StorageError::Retryable`] while it is being
    /// migrated, [`StorageError::Full`] when the directory
    /// cannot be written and [`StorageError::Damaged`] when the file is no database any more.
    pub async fn open_sqlite(
        path: &Path,
        options: SqliteOptions,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        open_unit: OpenUnit,
    ) -> StorageResult<Self> {
        let (path, lock) = lock_database(path, Purpose::Server)?;
        let archive = match &options.archive {
            Some(archive) => Some(SharedSpool::new(Spool::open(&path, archive, ids.clone())?)),
            None => give_up(&path).map(|()| None).map_err(|error| StorageError::Full(error.to_string()))?,
        };
        let mut connection = open_writer(&path, &options).map_err(|error| named(&path, error))?;
        migrate::migrate_sqlite(&mut connection, clock.now()).map_err(|error| named(&path, error))?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let meter = Arc::new(Meter::new(Service::Sqlite, format!("sqlite | {name}")));
        let damage = Arc::new(Damage::default());
        let noting = (meter.clone(), damage.clone());
        let writer = SqliteWriter::start(connection, &options, clock, noting, archive.clone(), move |tx| {
            open_unit(tx, ids)
        })?;
        let readers = Readers::open(&path, &options, meter.clone()).map_err(|error| named(&path, error))?;
        let probe = SqliteProbe::new(&path, writer.clone(), damage.clone())?;
        look_through(path.clone(), damage.clone());
        Ok(Self {
            engine: Engine::Sqlite(Arc::new(SqliteEngine {
                writer,
                readers,
                long_reads: LongReads::new(&path, &options),
                damage,
                probe,
                path,
                archive,
                _lock: lock,
            })),
            meter,
        })
    }

    /// Finishes what was begun and closes an embedded database: its file is then whole without its write-ahead log.
    /// `false` when that did not happen within [`CLOSE_TIMEOUT`]; the next start then does it.
    pub async fn close(&self) -> bool {
        let Engine::Sqlite(engine) = &self.engine else { return true };
        let closing = async {
            // A reader in the middle of an old snapshot would hold the log.
            engine.readers.close().await;
            engine.writer.close().await;
        };
        tokio::time::timeout(CLOSE_TIMEOUT, closing).await.is_ok()
    }

    /// The archive of an embedded database, where one is kept.
    pub fn archive(&self) -> Option<LiveArchive> {
        let Engine::Sqlite(engine) = &self.engine else { return None };
        let spool = engine.archive.clone()?;
        Some(LiveArchive { spool, writer: engine.writer.clone(), database: engine.path.clone() })
    }

    /// Commands that wait for the writer of an embedded database.
    pub fn waiting_writes(&self) -> usize {
        match &self.engine {
            Engine::Sqlite(engine) => engine.writer.waiting(),
            Engine::SqlServer(_) => 0,
        }
    }

    /// Whether the engine has found the file of an embedded database damaged.
    pub fn is_damaged(&self) -> bool {
        matches!(&self.engine, Engine::Sqlite(engine) if engine.damage.is_found())
    }

    /// Connects to SQL Server, as [`SqlServerEngine::open`] says.
    pub async fn open_sql_server(
        open: OpenSqlServer,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        open_unit: OpenUnit,
    ) -> StorageResult<Self> {
        let database = open.options.database.as_deref().unwrap_or_default();
        let target = format!("{} | {database}", open.options.host);
        let meter = Arc::new(Meter::new(Service::SqlServer, target));
        let engine = SqlServerEngine::open(open, clock, (ids, open_unit), meter.clone()).await?;
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
            Engine::Sqlite(engine) => engine.query(statement.sqlite(), params).await,
            Engine::SqlServer(engine) => engine.query(statement.mssql(), params).await,
        };
        self.meter.took(Ran::Read, (statement.name, self.text_of(statement)), began, &rows);
        rows
    }

    fn text_of<'a>(&self, statement: &'a Statement) -> &'a str {
        match self.dialect() {
            Dialect::Sqlite => statement.sqlite(),
            Dialect::SqlServer => statement.mssql(),
        }
    }

    /// Several reads in one round trip where there is one; each sees what is committed when it is run.
    pub async fn query_all<const N: usize>(
        &self,
        queries: [(&Statement, &[Value]); N],
    ) -> StorageResult<[Vec<Row>; N]> {
        if let Engine::SqlServer(engine) = &self.engine {
            queries.iter().for_each(|_| self.meter.statement());
            let first = queries.first().map_or(("", ""), |(first, _)| (first.name, first.mssql()));
            let began = Instant::now();
            let texts = queries.map(|(statement, params)| (statement.mssql(), params));
            let rows = engine.query_all(texts).await;
            self.meter.took(Ran::Read, first, began, &rows);
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
        let text = match &self.engine {
            Engine::Sqlite(_) => lookup.sqlite_many(),
            Engine::SqlServer(_) => lookup.mssql(),
        };
        let rows = match &self.engine {
            Engine::Sqlite(engine) => engine.query(text, &params).await,
            Engine::SqlServer(engine) => engine.query(text, &params).await,
        };
        self.meter.took(Ran::Read, (lookup.name, text), began, &rows);
        rows
    }

    /// Reads with a text composed of the closed pieces of a list; hooks and parameters are rendered as in a statement.
    pub async fn query_text(&self, text: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        self.meter.statement();
        let sql = self.dialect().render(text);
        let began = Instant::now();
        let rows = match &self.engine {
            Engine::Sqlite(engine) => engine.query(&sql, params).await,
            Engine::SqlServer(engine) => engine.query(&sql, params).await,
        };
        self.meter.took(Ran::Read, ("", &sql), began, &rows);
        rows
    }

    /// All rows of a text as they come, in one snapshot, with flat memory.
    pub fn stream_text(&self, text: &str, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
        self.meter.statement();
        let sql = self.dialect().render(text);
        match &self.engine {
            Engine::Sqlite(engine) => {
                let damage = engine.damage.clone();
                engine.long_reads.rows(sql, params).map(move |row| damage.noted(row)).boxed()
            }
            Engine::SqlServer(engine) => engine.stream(sql, params),
        }
    }

    /// All rows of a text in batches, for exports of millions of rows.
    pub fn stream_batches(
        &self,
        text: &str,
        params: Vec<Value>,
    ) -> BoxStream<'static, StorageResult<Vec<Row>>> {
        self.meter.statement();
        let sql = self.dialect().render(text);
        match &self.engine {
            Engine::Sqlite(engine) => {
                let damage = engine.damage.clone();
                engine.long_reads.stream(sql, params).map(move |rows| damage.noted(rows)).boxed()
            }
            Engine::SqlServer(engine) => engine.stream_pieces(sql, params),
        }
    }

    /// How much was asked of the database so far; for budgets.
    pub fn asked(&self) -> Asked {
        self.meter.asked()
    }

    /// How long statements took and how many failed; for metrics.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The connections of requests; for metrics.
    pub fn connections(&self) -> Connections {
        match &self.engine {
            Engine::Sqlite(engine) => engine.readers.connections(),
            Engine::SqlServer(engine) => engine.connections(),
        }
    }

    /// Whether there is no tenant yet.
    pub async fn is_empty(&self) -> StorageResult<bool> {
        Ok(self.query_text("SELECT id FROM tenant ORDER BY id {page ?1}", &[Value::Int(1)]).await?.is_empty())
    }

    /// Every tenant with its code.
    pub async fn tenants_by_code(&self) -> StorageResult<Vec<(TenantId, String)>> {
        let rows = self.query_text("SELECT id, code FROM tenant ORDER BY code", &[]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("tenant");
            Ok((columns.get("id")?, columns.get("code")?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Refuses what would look like an answer about the whole file, when the engine has found it damaged.
    pub fn refuse_damaged(&self) -> StorageResult<()> {
        if self.is_damaged() {
            return Err(StorageError::Damaged("restore a backup".to_owned()));
        }
        Ok(())
    }

    /// The tenant with this code.
    pub async fn tenant_by_code(&self, code: &str) -> StorageResult<Option<TenantId>> {
        let rows = self.query_text("SELECT id FROM tenant WHERE code = ?1", &[code.into()]).await?;
        rows.into_iter().next().map(|row| row.single("tenant", "id")).transpose()
    }

    /// Whether the database answers over a connection that no request uses, and an embedded one takes writes; for health.
    pub async fn ping(&self) -> StorageResult<()> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.probe.check().await,
            Engine::SqlServer(engine) => engine.ping().await,
        }
    }

    /// The time of the database; for health.
    pub async fn clock(&self) -> StorageResult<DatabaseClock> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.probe.newest_moment().await.map(DatabaseClock::NotBefore),
            Engine::SqlServer(engine) => engine.clock().await.map(DatabaseClock::Now),
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

impl SqliteEngine {
    async fn query(&self, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        let rows = self.damage.noted(self.readers.query(sql, params).await);
        rows.map_err(|error| named(&self.path, error))
    }
}
