//! Opens the adapters that the configuration chooses.

use std::fmt::Display;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use application::platform::attachments::AttachmentPolicy;
use application::ports::blobs::BlobStore;
use application::ports::cache::Cache;
use application::ports::clock::{Clock, Ids};
use application::ports::pace::Pace;
use application::ports::storage_error::StorageError;
use infrastructure::blobs::azure::ContainerName;
use infrastructure::blobs::options::{self as blobs, BlobOptions};
use infrastructure::cache::Ttl;
use infrastructure::cache::connection_string::{RedisOptions, RedisStringError};
use infrastructure::cache::identity::IdentityCredentials;
use infrastructure::cache::layered::{LayeredCache, LayeredParts};
use infrastructure::cache::memory::MemoryCache;
use infrastructure::cache::redis::Timings;
use infrastructure::identity::keys::SigningKey;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::printing::PdfPrinter;
use infrastructure::secrets::identity::TokenSource;
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::connection_string::{Encrypt, SqlServerOptions};
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::Migrating;
use infrastructure::sql::sqlite::archive::ArchiveOptions;
use infrastructure::sql::sqlite::options::SqliteOptions;

use super::azure_identity::azure_identity;
use super::patience::{Attempt, patiently};
use super::sql_login::{self, NoLogin};
use super::wiring::{bad_key, cache_ttl};
use super::{Failure, connection_budget};
use crate::attachment_links::AttachmentLinks;
use crate::config::{BlobChoice, CacheChoice, Database, DatabaseChoice, Environment, Settings};
use crate::resources::Resources;
use crate::state::Files;

/// Key of the database, for messages.
pub const DATABASE_KEY: &str = "ConnectionStrings:DefaultConnection";

/// Whether a SQL Server string can be used in an environment, and what the operator should know about it.
pub fn check_sql_server(text: &str, environment: Environment) -> Result<Vec<String>, String> {
    let options = SqlServerOptions::parse(text)?;
    options.check_login()?;
    if options.trust_server_certificate && !environment.is_development() {
        return Err(format!("has TrustServerCertificate=True, which {environment} does not allow"));
    }
    if options.database.is_none() {
        return Err("names no Database".to_owned());
    }
    let mut remarks: Vec<_> =
        options.ignored.iter().map(|keyword| format!("'{keyword}' is ignored")).collect();
    remarks.extend(options.remarks);
    if options.encrypt == Encrypt::Off && !environment.is_development() {
        remarks.push(format!(
            "Encrypt=False encrypts the login only and sends the books over the network as they are, in {environment}"
        ));
    }
    Ok(remarks)
}

/// The file of a certificate that the connection to SQL Server relies on.
pub fn server_certificate(settings: &Settings) -> Option<PathBuf> {
    let DatabaseChoice::SqlServer(text) = &settings.database.choice else { return None };
    SqlServerOptions::parse(text.expose()).ok()?.server_certificate
}

/// The options of a checked string. With `Encrypt=False` Development looks at no certificate, as ADO.NET; elsewhere we do.
pub fn sql_server_options(text: &str, settings: &Settings) -> Result<SqlServerOptions, Failure> {
    let refused = |reason| Failure::Configuration(format!("{DATABASE_KEY} {reason}"));
    let mut options = SqlServerOptions::parse(text).map_err(refused)?;
    let development = settings.environment.is_development();
    options.trust_server_certificate |= options.encrypt == Encrypt::Off && development;
    connection_budget::apply(&mut options, &settings.database);
    Ok(options)
}

/// Opens the database; when it is away, once more and again for as long as a start may take.
pub async fn await_database(
    settings: &Settings,
    pace: Arc<dyn Pace>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Db, Failure> {
    if let DatabaseChoice::SqlServer(text) = &settings.database.choice {
        connection_budget::tell(&sql_server_options(text.expose(), settings)?, settings);
    }
    patiently(DATABASE_KEY, settings.startup.timeout, async || {
        open_engine(settings, pace.clone(), clock.clone(), ids.clone()).await.map_err(|error| match error {
            NotOpened::Storage(
                error
                @ (StorageError::Unavailable(_) | StorageError::Retryable(_) | StorageError::Timeout(_)),
            ) => Attempt::Away(reason(error)),
            NotOpened::Storage(error) => Attempt::Failed(not_opened(error)),
            NotOpened::Wrong(failure) => Attempt::Failed(failure),
        })
    })
    .await
}

/// Opens the database in a single attempt.
pub async fn open_database(
    settings: &Settings,
    pace: Arc<dyn Pace>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Db, Failure> {
    open_engine(settings, pace, clock, ids).await.map_err(|error| match error {
        NotOpened::Storage(error) => not_opened(error),
        NotOpened::Wrong(failure) => failure,
    })
}

enum NotOpened {
    Storage(StorageError),
    Wrong(Failure),
}

/// The database on the engine that is chosen. A server's schema is made in Development and only checked elsewhere.
async fn open_engine(
    settings: &Settings,
    pace: Arc<dyn Pace>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Db, NotOpened> {
    match &settings.database.choice {
        DatabaseChoice::Sqlite(file) => {
            let archive = archive_options(settings);
            let options = SqliteOptions { archive, ..sqlite_options(&settings.database, pace) };
            let opened = Db::open_sqlite(file, options, clock, ids, SqlUnitOfWork::open).await;
            opened.map_err(|error| match error {
                StorageError::Retryable(_) => NotOpened::Storage(error),
                // The error names the file, and waiting does not mend it.
                error => NotOpened::Wrong(error.into()),
            })
        }
        DatabaseChoice::SqlServer(text) => {
            let migrating =
                if settings.environment.is_development() { Migrating::Apply } else { Migrating::Check };
            let options = sql_server_options(text.expose(), settings).map_err(NotOpened::Wrong)?;
            let tokens = sql_login::tokens(settings, &options).await.map_err(|refused| match refused {
                NoLogin::Wrong(failure) => NotOpened::Wrong(failure),
                NoLogin::Away(reason) => NotOpened::Storage(StorageError::Unavailable(reason)),
            })?;
            let open = OpenSqlServer { options, tokens: Some(tokens), migrating };
            Db::open_sql_server(open, clock, ids, SqlUnitOfWork::open).await.map_err(NotOpened::Storage)
        }
    }
}

fn sqlite_options(database: &Database, pace: Arc<dyn Pace>) -> SqliteOptions {
    let resources = Resources::of_process();
    let readers = database.reader_connections.unwrap_or_else(|| resources.readers());
    let page_cache = database.page_cache_mib.map(|mib| (mib as u64) << 20);
    SqliteOptions {
        readers: u32::try_from(readers).unwrap_or(u32::MAX),
        page_cache_bytes: page_cache.unwrap_or_else(|| resources.page_cache_bytes()),
        group_works_max: database.group_commit_max,
        queue_works_max: database.write_queue_max,
        busy_timeout: database.busy_timeout,
        archive: None,
        pace,
    }
}

/// Whether the embedded database keeps an archive for its backups.
pub fn archive_options(settings: &Settings) -> Option<ArchiveOptions> {
    let backup = &settings.backup;
    backup.enabled.then_some(ArchiveOptions { bytes_max: backup.archive_bytes })
}

/// Names the setting, as every other refusal to start does.
fn not_opened(error: StorageError) -> Failure {
    Failure::Other(format!("{DATABASE_KEY}: {}", reason(error)))
}

fn reason(error: StorageError) -> String {
    match error {
        StorageError::Unavailable(reason) | StorageError::Unusable(reason) => reason,
        other => other.to_string(),
    }
}

/// The cache, with the handles by which settings reach it while it runs.
pub struct Caches {
    pub cache: Arc<dyn Cache>,
    pub set_ttl: Arc<dyn Fn(Ttl) + Send + Sync>,
    /// Where other processes share it.
    pub redis: Option<Arc<LayeredCache>>,
}

pub fn check_redis(text: &str, _: Environment) -> Result<Vec<String>, String> {
    let options: RedisOptions = text.parse().map_err(|error: RedisStringError| error.to_string())?;
    let mut remarks: Vec<_> =
        options.ignored.iter().map(|option| format!("'{option}' has no effect here")).collect();
    if options.is_azure() && options.password.is_none() && !options.tls {
        remarks
            .push("has no password, and without ssl=true the identity of the process is not sent".to_owned());
    }
    Ok(remarks)
}

/// Without a password the identity of the process signs in to Azure's Redis, as it does to the database and the file store.
pub fn redis_options(text: &str, development: bool, clock: &Arc<dyn Clock>) -> Result<RedisOptions, Failure> {
    let refused = |reason: &dyn Display| Failure::Configuration(format!("ConnectionStrings:Redis {reason}"));
    let options: RedisOptions = text.parse().map_err(|error: RedisStringError| refused(&error))?;
    if !options.is_azure() || !options.tls || options.password.is_some() {
        return Ok(options);
    }
    let identity = azure_identity(development, None)
        .map_err(|error| refused(&format!("has no password, and there is no identity: {error}")))?;
    let credentials = IdentityCredentials::new(Arc::new(identity), clock.clone(), options.user.clone());
    Ok(options.with_credentials(Arc::new(credentials)))
}

/// A name that is the same in every container of an image and differs between builds of one version, because cached values of
/// another build may have other shapes (X49).
pub fn build() -> String {
    let binary = std::env::current_exe().and_then(|path| path.metadata());
    let changed = |binary: &Metadata| binary.modified().ok()?.duration_since(UNIX_EPOCH).ok();
    let (bytes, seconds) =
        binary.map_or((0, 0), |binary| (binary.len(), changed(&binary).map_or(0, |since| since.as_secs())));
    format!("{}+{bytes}.{seconds}", env!("CARGO_PKG_VERSION"))
}

/// Nothing is dialled: Redis may be away when the server starts.
pub fn open_cache(
    settings: &Settings,
    database: &Arc<Db>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Caches, Failure> {
    let ttl = cache_ttl(settings);
    let memory_bytes = settings.cache.memory_bytes;
    match &settings.cache.choice {
        CacheChoice::Memory => {
            let cache = Arc::new(MemoryCache::new(memory_bytes, ttl));
            let told = cache.clone();
            Ok(Caches { cache, set_ttl: Arc::new(move |ttl| told.set_ttl(ttl)), redis: None })
        }
        CacheChoice::Redis(text) => {
            let cache = Arc::new(LayeredCache::connect(LayeredParts {
                options: redis_options(text.expose(), settings.environment.is_development(), &clock)?,
                ttl,
                memory_bytes,
                schema: build(),
                hash_tag: false,
                timings: Timings::default(),
                clock,
                ids,
                recent: Some(database.clone()),
            }));
            let told = cache.clone();
            let set_ttl = Arc::new(move |ttl| told.set_ttl(ttl));
            Ok(Caches { cache: cache.clone(), set_ttl, redis: Some(cache) })
        }
    }
}

pub fn check_azure_storage(text: &str, _: Environment) -> Result<Vec<String>, String> {
    BlobOptions::parse(Some(text), Path::new("."), blobs::CONTAINER_DEFAULT).map(|_| Vec::new())
}

pub fn check_azure_container(text: &str, _: Environment) -> Result<Vec<String>, String> {
    ContainerName::parse(text).map(|_| Vec::new()).ok_or_else(|| blobs::CONTAINER_RULE.to_owned())
}

/// The chosen file store, opened but not yet asked for anything; the rest of `settings` is that of the start.
pub fn open_blobs(choice: &BlobChoice, settings: &Settings) -> Result<Arc<dyn BlobStore>, Failure> {
    open_container(choice, &settings.files.container, settings)
}

/// Another container of the same kind of store.
pub fn open_container(
    choice: &BlobChoice,
    container: &str,
    settings: &Settings,
) -> Result<Arc<dyn BlobStore>, Failure> {
    let options = match choice {
        BlobChoice::Directory(directory) => BlobOptions::Directory(directory.clone()),
        BlobChoice::Azure(text) => BlobOptions::parse(Some(text.expose()), Path::new("."), container)
            .map_err(|reason| Failure::Configuration(format!("AzureStorage:ConnectionString: {reason}")))?,
    };
    let tokens: Option<Arc<dyn TokenSource>> = match options.needs_identity() {
        false => None,
        true => match azure_identity(settings.environment.is_development(), None) {
            Ok(identity) => Some(Arc::new(identity)),
            Err(error) => {
                return Err(Failure::Configuration(format!("AzureStorage:ConnectionString: {error}")));
            }
        },
    };
    blobs::open(&options, tokens)
        .map_err(|error| Failure::Other(format!("the file store cannot be opened: {error}")))
}

/// The keys of our own links, made of those of the tokens.
pub fn link_keys(keys: &[SigningKey]) -> Result<Vec<[u8; 32]>, Failure> {
    keys.iter().map(|key| key.derive("attachment links").map_err(bad_key)).collect()
}

/// The file store, what is taken into it, and the keys of our own links.
pub fn files(settings: &Settings, keys: &[SigningKey], store: Arc<dyn BlobStore>) -> Result<Files, Failure> {
    let files = &settings.files;
    let standard = AttachmentPolicy::default();
    let policy = AttachmentPolicy {
        types: if files.types.is_empty() { standard.types } else { files.types.clone() },
        bytes_max: files.attachment_bytes,
        tenant_bytes_max: files.tenant_bytes,
        download_url_life: files.download_url_life,
        upload_url_life: files.upload_url_life,
    };
    let links = AttachmentLinks::new(link_keys(keys)?, &files.public_url);
    Ok(Files { printer: Arc::new(PdfPrinter::default()), store, policy: Arc::new(policy), links })
}

#[cfg(test)]
mod tests {
    use infrastructure::system::SystemClock;

    use super::*;

    /// Proves: B8, X06.
    #[test]
    fn the_identity_signs_in_to_azures_redis_where_the_string_has_no_password() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let signs_in =
            |text: &str| redis_options(text, false, &clock).map(|options| options.has_credentials());
        for (text, expected) in [
            ("erp.redis.cache.windows.net:6380,ssl=true", true),
            ("erp.westeurope.redis.azure.net:10000,user=0a1b", true),
            ("erp.redis.cache.windows.net:6379,ssl=false", false),
            ("redis.example:6380,ssl=true", false),
        ] {
            assert_eq!(signs_in(text).ok(), Some(expected), "{text}");
        }
    }
}
