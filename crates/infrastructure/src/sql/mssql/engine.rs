//! SQL Server as one of the two engines: its pool, its writer, its probe.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use application::error::AppResult;
use application::ports::clock::{Clock, Ids};
use application::ports::database::Work;
use application::ports::storage_error::{StorageError, StorageResult};
use application::retry::ATTEMPTS_MAX;
use domain::ids::TenantId;
use domain::time::Timestamp;
use futures::stream::BoxStream;
use tokio::sync::Mutex;
use tracing::info;

use super::connection_string::SqlServerOptions;
use super::migrate::{self, Migrating};
use super::pool::{self, Connection, LoginTokens, Pool};
use super::reader;
use super::writer::Writer;
use crate::sql::meter::{Connections, Meter};
use crate::sql::unit::OpenUnit;
use crate::sql::value::{Row, Value};

/// How long the health probe waits (row G2).
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Asks for the server's clock, as precise as the moments of the books.
const CLOCK: &str = "SELECT CAST(SYSUTCDATETIME() AS DATETIME2(6)) AS now";

/// How a database is opened.
#[derive(Clone)]
pub struct OpenSqlServer {
    pub options: SqlServerOptions,
    /// The tokens for a login without a password.
    pub tokens: Option<Arc<dyn LoginTokens>>,
    pub migrating: Migrating,
}

pub struct SqlServerEngine {
    pool: RwLock<(Pool, SqlServerOptions)>,
    /// One connection of its own, so that a starved pool does not look like a dead server (row I1).
    probe: Mutex<Option<(Pool, Connection)>>,
    tokens: Option<Arc<dyn LoginTokens>>,
    writer: Writer,
    meter: Arc<Meter>,
}

impl SqlServerEngine {
    /// Connects, creates or checks the schema, and opens the pool's smallest number of connections.
    ///
    /// Fails with [`StorageError::Unavailable`] when the server does not answer or has no such database, which may be over in
    /// a moment, and with [`StorageError::Unusable`] when it refuses the login or has a schema that this version must not run
    /// on.
    pub async fn open(
        open: OpenSqlServer,
        clock: Arc<dyn Clock>,
        units: (Arc<dyn Ids>, OpenUnit),
        meter: Arc<Meter>,
    ) -> StorageResult<Self> {
        let OpenSqlServer { options, tokens, migrating } = open;
        for keyword in &options.ignored {
            info!(target: "erp::lifetime", keyword, "The connection string's '{{keyword}}' has no effect here");
        }
        migrate::prepare(&options, tokens.clone(), migrating, clock.now()).await?;
        let pool = pool::metered(&options, tokens.clone(), meter.clone())?;
        pool::warm_up(&pool, options.pool_min).await?;
        Ok(Self {
            pool: RwLock::new((pool, options)),
            probe: Mutex::new(None),
            tokens,
            writer: Writer::new(clock, units, meter.clone()),
            meter,
        })
    }

    /// The connections in use, and the idle ones.
    pub fn connections(&self) -> Connections {
        let status = self.pool().status();
        let idle = status.available.min(status.size);
        Connections { used: status.size - idle, idle, max: status.max_size, waiting: status.waiting }
    }

    fn pool(&self) -> Pool {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Changes to other connections, for a changed password or host: they are tried first, requests in progress keep
    /// the ones they have, and the old ones close as they come back.
    pub async fn reconnect(&self, options: &SqlServerOptions) -> StorageResult<()> {
        let pool = pool::metered(options, self.tokens.clone(), self.meter.clone())?;
        pool::warm_up(&pool, options.pool_min).await?;
        *self.pool.write().unwrap_or_else(PoisonError::into_inner) = (pool, options.clone());
        *self.probe.lock().await = None;
        Ok(())
    }

    pub async fn query(&self, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
        let [rows] = self.query_all([(sql, params)]).await?;
        Ok(rows)
    }

    /// Several reads in one request.
    pub async fn query_all<const N: usize>(
        &self,
        queries: [(&str, &[Value]); N],
    ) -> StorageResult<[Vec<Row>; N]> {
        let pool = self.pool();
        let mut attempt = 1;
        loop {
            // A dial is not repeated here: it has waited long enough, and a wrong password only gets the login locked.
            let mut connection = pool::get(&pool).await?;
            self.meter.round_trip();
            // A read may be repeated.
            let answered = reader::query_all(&mut connection, &queries).await;
            if let Err(StorageError::Unavailable(_)) = &answered {
                // The cause that ended this session has ended the idle ones, too: if a server restarted, all are
                // dead.
                drop(Connection::take(connection));
                pool.retain(|_, _| false);
            } else {
                drop(connection);
            }
            let again = matches!(&answered, Err(StorageError::Unavailable(_) | StorageError::Retryable(_)));
            if !again || attempt >= ATTEMPTS_MAX {
                return answered;
            }
            attempt += 1;
            self.writer.pause(attempt).await;
        }
    }

    pub fn stream(&self, sql: String, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
        self.meter.round_trip();
        reader::stream(self.pool(), sql, params)
    }

    pub fn stream_pieces(
        &self,
        sql: String,
        params: Vec<Value>,
    ) -> BoxStream<'static, StorageResult<Vec<Row>>> {
        self.meter.round_trip();
        reader::stream_pieces(self.pool(), sql, params)
    }

    pub async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        self.writer.write(self.pool(), work).await
    }

    /// Whether the server refused the last write for lack of space or rights.
    pub fn refuses_writes(&self) -> bool {
        self.writer.is_refused()
    }

    pub async fn settle(&self, tenant: TenantId) -> StorageResult<()> {
        self.meter.round_trip();
        self.writer.settle(&self.pool(), tenant).await
    }

    /// Checks that the server answers within [`PROBE_TIMEOUT`].
    pub async fn ping(&self) -> StorageResult<()> {
        let late = || StorageError::Timeout("SQL Server did not answer the health probe in time".to_owned());
        tokio::time::timeout(PROBE_TIMEOUT, self.probe_once()).await.unwrap_or_else(|_| Err(late()))
    }

    /// The server's clock.
    pub async fn clock(&self) -> StorageResult<Timestamp> {
        let mut probe = self.probe.lock().await;
        let (pool, mut connection) = self.held(&mut probe).await?;
        let [rows] = reader::query_all(&mut connection, &[(CLOCK, &[])]).await?;
        *probe = Some((pool, connection));
        let none = || StorageError::Internal("the server did not say what time it is".to_owned());
        rows.into_iter().next().ok_or_else(none)?.single("SYSUTCDATETIME", "now")
    }

    async fn probe_once(&self) -> StorageResult<()> {
        let mut probe = self.probe.lock().await;
        let (pool, mut connection) = self.held(&mut probe).await?;
        connection.client.execute("SELECT 1;", &[]).await.map_err(super::error::storage_error)?;
        *probe = Some((pool, connection));
        Ok(())
    }

    /// The probe's connection, which is gone unless it is put back: one that failed is not used again.
    async fn held(&self, probe: &mut Option<(Pool, Connection)>) -> StorageResult<(Pool, Connection)> {
        if let Some(held) = probe.take() {
            return Ok(held);
        }
        let options = self.pool.read().unwrap_or_else(PoisonError::into_inner).1.clone();
        let options = SqlServerOptions { pool_min: 0, pool_max: 1, ..options };
        let pool = pool::metered(&options, self.tokens.clone(), self.meter.clone())?;
        let connection = pool::lent(&pool).await?;
        Ok((pool, connection))
    }
}
