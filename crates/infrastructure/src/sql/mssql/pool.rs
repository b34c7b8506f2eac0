//! Connections to SQL Server: made with a fresh token where there is no password, reset between users, discarded in doubt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{self, Metrics, PoolError, QueueMode, RecycleError, RecycleResult};
use mssql_client::{ApplicationIntent, Client, Config, Credentials, Ready, RetryPolicy, TimeoutConfig};

use super::connection_string::{Encrypt, Login, SqlServerOptions};
use super::error::{is_missing_database, is_moving, storage_error};

/// How long a request waits for a free connection once all of them are open (row G2). While they are being opened it waits as
/// long as a dial may take: whoever waits behind a slow dial is not refused before the dial is.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest dial with login, whatever the string says; zero in the string means this.
pub const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(120);
/// How long a server may take, beyond the command time-out, to say that it has given the command up. One that hangs does not.
pub const ACKNOWLEDGEMENT_TIMEOUT: Duration = Duration::from_millis(500);
/// The pause before a server that is moving is dialled again; doubles up to the longest, after which it is given up.
const DIAL_PAUSE: Duration = Duration::from_millis(200);
const DIAL_PAUSE_MAX: Duration = Duration::from_millis(3_200);
/// Largest answer of one statement, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Redirections of one login (row G5).
const REDIRECTS_MAX: u8 = 1;

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
        let mut pause = DIAL_PAUSE;
        loop {
            match self.connect().await {
                Err(error) if is_moving(&error) && pause <= DIAL_PAUSE_MAX => tokio::time::sleep(pause).await,
                answer => return answer,
            }
            pause *= 2;
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
    super::super::tls::install();
    options
        .check_login()
        .map_err(|reason| StorageError::Internal(format!("the connection string {reason}")))?;
    let config = driver_config(options)?;
    let manager = Connections { options: options.clone(), config, tokens };
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
    let opened = futures::future::try_join_all((0..wanted).map(|_| get(pool))).await?;
    drop(opened);
    Ok(())
}

pub async fn get(pool: &Pool) -> StorageResult<Connection> {
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
    let connections = Connections { options: options.clone(), config: driver_config(options)?, tokens };
    match connections.connect().await {
        Ok(_) => Ok(false),
        Err(error) if is_missing_database(&error) => Ok(true),
        Err(error) => Err(named(options, storage_error(error))),
    }
}

fn connect_timeout(options: &SqlServerOptions) -> Duration {
    if options.connect_timeout.is_zero() { CONNECT_TIMEOUT_MAX } else { options.connect_timeout }
}

fn driver_config(options: &SqlServerOptions) -> StorageResult<Config> {
    let timeout = connect_timeout(options);
    let timeouts = TimeoutConfig::new()
        .connect_timeout(timeout)
        .tls_timeout(timeout)
        .login_timeout(timeout)
        .command_timeout(options.command_timeout);
    let mut config = Config::new()
        .host(options.host.clone())
        .port(options.port)
        .application_name(options.application_name.clone())
        .timeouts(timeouts)
        .retry(RetryPolicy::no_retry())
        .max_redirects(REDIRECTS_MAX)
        .trust_server_certificate(options.trust_server_certificate)
        .multi_subnet_failover(options.multi_subnet_failover);
    config.connect_timeout = timeout;
    config.command_timeout = options.command_timeout;
    config.packet_size = options.packet_size;
    config.max_response_size = RESPONSE_BYTES_MAX;
    config.instance = options.instance.clone();
    config = match options.encrypt {
        Encrypt::Mandatory => config.encrypt(true),
        Encrypt::Strict => config.strict_mode(true),
        // Never `no_tls`: the login, with its password or token, is encrypted on any server.
        Encrypt::Off => config.encrypt(false),
    };
    if options.read_only {
        config = config.application_intent(ApplicationIntent::ReadOnly);
    }
    if let Some(database) = &options.database {
        config = config.database(database.clone());
    }
    if let Some(id) = &options.workstation_id {
        config = config.workstation_id(id.clone());
    }
    if let Login::Password { user, password } = &options.login {
        config = config.credentials(Credentials::sql_server(user.clone(), password.clone()));
    }
    if let Some(name) = &options.host_name_in_certificate {
        config.tls = config.tls.with_server_name(name.clone());
    }
    match &options.server_certificate {
        Some(file) => config.tls = config.tls.add_root_certificate_der(certificate(file)?),
        None if options.trust_server_certificate => {}
        // The driver brings Mozilla's list with it and looks at the machine's authorities only when it is told to.
        None => {
            let mut readable = rustls::RootCertStore::empty();
            for authority in rustls_native_certs::load_native_certs().certs {
                // One that makes no sense would end every connection.
                if readable.add(authority.clone()).is_ok() {
                    config.tls = config.tls.add_root_certificate_der(authority.to_vec());
                }
            }
        }
    }
    Ok(config)
}

/// The first certificate of a PEM or DER file, as DER.
fn certificate(file: &std::path::Path) -> StorageResult<Vec<u8>> {
    use base64::Engine;
    let unreadable = |reason: String| {
        StorageError::Unavailable(format!(
            "the ServerCertificate {} cannot be read: {reason}",
            file.display()
        ))
    };
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(bytes) };
    let body = text
        .split_once("-----BEGIN CERTIFICATE-----")
        .and_then(|(_, rest)| rest.split_once("-----END CERTIFICATE-----"))
        .map(|(body, _)| body.split_whitespace().collect::<String>())
        .ok_or_else(|| unreadable("it holds no certificate".to_owned()))?;
    base64::engine::general_purpose::STANDARD.decode(body).map_err(|error| unreadable(error.to_string()))
}
