//! Connections to SQL Server: made with a fresh token where there is no password, reset between users, discarded in doubt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{self, Metrics, PoolError, QueueMode, RecycleError, RecycleResult};
use mssql_client::{Client, Config, Credentials, Ready};

use super::super::meter::Meter;
use super::connection_string::{Login, SqlServerOptions};
use super::driver::{configured, connect_timeout};
use super::error::{is_missing_database, is_moving, storage_error};

/// How long a request waits for a free connection once all of them are open (row G2). While they are being opened it waits as
/// long as a dial may take: whoever waits behind a slow dial is not refused before the dial is.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a server may take, beyond the command time-out, to say that it has given the command up. One that hangs does not.
pub const ACKNOWLEDGEMENT_TIMEOUT: Duration = Duration::from_millis(500);
/// Dials of a server that is moving, the first included.
pub const DIALS_MAX: u32 = 6;
/// The longest pause before the second dial; doubles with each further one.
const DIAL_PAUSE_MS: u64 = 200;

/// Gives the token of the process's identity for a login without a password.
#[async_trait]
pub trait LoginTokens: Send + Sync {
    /// A token for `https://database.windows.net/`, of the identity with this client id if one is named.
    async fn token(&self, client_id: Option<&str>) -> Result<String, String>;
}

pub type Pool = managed::Pool<Connections>;
pub type Connection = managed::Object<Connections>;

/// A connection with its age.
pub struct Session {
    pub client: Client<Ready>,
    since: Instant,
    /// How long it waits for an answer; none is for ever, as `Command Timeout=0` says.
    pub patience: Option<Duration>,
}

/// Waits for an answer. The driver gives a command up after its time-out, but then waits for the server's acknowledgement
/// for seconds; a connection left in the middle of that is thrown away as it comes back to the pool.
pub async fn in_time<T>(
    patience: Option<Duration>,
    answer: impl Future<Output = Result<T, mssql_client::Error>>,
) -> Result<T, mssql_client::Error> {
    match patience {
        None => answer.await,
        Some(patience) => {
            tokio::time::timeout(patience, answer).await.unwrap_or(Err(mssql_client::Error::CommandTimeout))
        }
    }
}

/// Makes and checks connections.
pub struct Connections {
    options: SqlServerOptions,
    config: Config,
    tokens: Option<Arc<dyn LoginTokens>>,
    /// Meters the requests that are served; absent on a command line.
    meter: Option<Arc<Meter>>,
}

impl managed::Manager for Connections {
    type Type = Session;
    type Error = StorageError;

    async fn create(&self) -> StorageResult<Session> {
        let client =
            self.connect_patiently().await.map_err(|error| named(&self.options, storage_error(error)))?;
        let timeout = self.options.command_timeout;
        let patience = (!timeout.is_zero()).then(|| timeout + ACKNOWLEDGEMENT_TIMEOUT);
        Ok(Session { client, since: Instant::now(), patience })
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<StorageError> {
        let lifetime = self.options.connection_lifetime;
        if session.client.is_in_flight() || session.client.is_in_transaction() {
            return Err(RecycleError::message("left in the middle of something"));
        }
        if !lifetime.is_zero() && session.since.elapsed() > lifetime {
            return Err(RecycleError::message("older than its lifetime"));
        }
        // The next request carries the reset, so it costs no round trip.
        session.client.mark_needs_reset();
        Ok(())
    }
}

impl Connections {
    /// Dials again where the server says that it will be there in a moment, as Azure's do during a failover (row G2). The
    /// pool ends it when the string's `Connect Timeout` is over.
    async fn connect_patiently(&self) -> Result<Client<Ready>, mssql_client::Error> {
        let mut dial = 1;
        loop {
            let answer = self.connect().await;
            if let Some(meter) = &self.meter {
                meter.dialled(&answer);
            }
            match answer {
                Err(error) if is_moving(&error) && dial < DIALS_MAX => dial += 1,
                answer => return answer,
            }
            tokio::time::sleep(dial_pause(dial, rand::random())).await;
        }
    }

    async fn connect(&self) -> Result<Client<Ready>, mssql_client::Error> {
        let mut config = self.config.clone();
        if let Login::Identity { client_id } = &self.options.login {
            let tokens = self.tokens.as_ref().ok_or_else(|| {
                mssql_client::Error::Config(
                    "there are no credentials and no identity to log in with".to_owned(),
                )
            })?;
            let token = tokens.token(client_id.as_deref()).await.map_err(mssql_client::Error::Connection)?;
            config = config.credentials(Credentials::azure_token(token));
        }
        Client::connect(config).await
    }
}

/// The pause before dial `dial` (2, 3, …): exponential, and up to a half of it shorter by `jitter` in 0..=255, so that
/// processes that were thrown out together do not come back together.
fn dial_pause(dial: u32, jitter: u8) -> Duration {
    let longest = DIAL_PAUSE_MS << dial.saturating_sub(2).min(DIALS_MAX);
    Duration::from_micros(longest * 1_000 * (2 * 255 - u64::from(jitter)) / (2 * 255))
}

/// Says which server it was.
fn named(options: &SqlServerOptions, error: StorageError) -> StorageError {
    let target = options.target();
    match error {
        StorageError::Unavailable(text) => StorageError::Unavailable(format!("{target}: {text}")),
        StorageError::Retryable(text) => StorageError::Unavailable(format!("{target}: {text}")),
        StorageError::Unusable(text) => StorageError::Unusable(format!("{target}: {text}")),
        other => other,
    }
}

/// The pool; nothing is dialled yet.
pub fn pool(options: &SqlServerOptions, tokens: Option<Arc<dyn LoginTokens>>) -> StorageResult<Pool> {
    built(options, tokens, None)
}

/// The pool of a server, whose dials and waits are counted.
pub fn metered(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
    meter: Arc<Meter>,
) -> StorageResult<Pool> {
    built(options, tokens, Some(meter))
}

fn built(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
    meter: Option<Arc<Meter>>,
) -> StorageResult<Pool> {
    super::super::tls::install();
    options
        .check_login()
        .map_err(|reason| StorageError::Internal(format!("the connection string {reason}")))?;
    let config = configured(options)?;
    let manager = Connections { options: options.clone(), config, tokens, meter };
    Pool::builder(manager)
        .max_size(options.pool_max as usize)
        .wait_timeout(Some(ACQUIRE_TIMEOUT + connect_timeout(options)))
        .create_timeout(Some(connect_timeout(options)))
        .recycle_timeout(Some(ACQUIRE_TIMEOUT))
        // The connection used last is the warmest.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StorageError::Internal(format!("pool: {error}")))
}

/// Opens the smallest number of connections, so that the first requests do not dial.
pub async fn warm_up(pool: &Pool, connections: u32) -> StorageResult<()> {
    let wanted = connections.max(1) as usize;
    let opened = futures::future::try_join_all((0..wanted).map(|_| lent(pool))).await?;
    drop(opened);
    Ok(())
}

/// A connection for a request.
pub async fn get(pool: &Pool) -> StorageResult<Connection> {
    let began = Instant::now();
    let connection = lent(pool).await;
    if let Some(meter) = &pool.manager().meter {
        meter.waited(began.elapsed());
    }
    connection
}

/// A connection for the product itself.
pub async fn lent(pool: &Pool) -> StorageResult<Connection> {
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error,
        PoolError::Timeout(managed::TimeoutType::Wait) => {
            StorageError::Unavailable("every connection to SQL Server is busy".to_owned())
        }
        PoolError::Timeout(_) => {
            let target = pool.manager().options.target();
            StorageError::Unavailable(format!("{target}: SQL Server did not answer the dial in time"))
        }
        PoolError::Closed => StorageError::Unavailable("the connections are being replaced".to_owned()),
        other => StorageError::Internal(other.to_string()),
    })
}

/// Whether the server is there but the database is not.
pub async fn database_is_missing(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
) -> StorageResult<bool> {
    super::super::tls::install();
    let config = configured(options)?;
    let connections = Connections { options: options.clone(), config, tokens, meter: None };
    match connections.connect().await {
        Ok(_) => Ok(false),
        Err(error) if is_missing_database(&error) => Ok(true),
        Err(error) => Err(named(options, storage_error(error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_between_dials_grow_and_differ() {
        let longest: Vec<_> = (2..=DIALS_MAX).map(|dial| dial_pause(dial, 0).as_millis()).collect();
        assert_eq!(longest, [200, 400, 800, 1_600, 3_200]);
        let shortest: Vec<_> = (2..=DIALS_MAX).map(|dial| dial_pause(dial, 255).as_millis()).collect();
        assert_eq!(shortest, [100, 200, 400, 800, 1_600]);
    }
}
