//! From settings to a running application: adapters behind their ports.

use std::sync::Arc;

use application::command::Application;
use application::platform::attachments::AttachmentPolicy;
use application::platform::sign_in::{SignIn, SignInPolicy};
use application::ports::blobs::BlobStore;
use application::ports::clock::{Clock, Ids};
use infrastructure::blobs::azure::Identity;
use infrastructure::blobs::{self, BlobOptions};
use infrastructure::cache::memory::{MemoryCache, Ttl};
use infrastructure::identity::authenticator::{CachedAuthenticator, Sources};
use infrastructure::identity::keys::{KeyError, SigningKey, development_key};
use infrastructure::identity::passwords::Argon2Passwords;
use infrastructure::identity::tokens::JwtTokens;
use infrastructure::sql::db::Db;

use super::Failure;
use crate::config::Settings;
use crate::middleware::{HttpLimits, RateLimit};
use crate::operation::Operations;
use crate::routes::platform::attachments::AttachmentLinks;
use crate::state::{AppState, Files};

/// The folder of files in the data folder, where no other store is configured.
pub const BLOB_FOLDER: &str = "blobs";

/// What the process is made of.
pub struct Parts {
    pub database: Arc<Db>,
    pub application: Application,
    pub state: AppState,
}

/// Every operation of the API.
pub fn api_operations() -> Operations {
    let mut operations = Operations::new();
    crate::routes::operations(&mut operations);
    operations
}

/// Opens the database and puts the adapters behind their ports. Time and ids come from outside, also in tests.
pub async fn assemble(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Parts, Failure> {
    let readers = u32::try_from(settings.database.reader_connections).unwrap_or(u32::MAX);
    let database = Db::open_sqlite(&settings.database.file, readers, clock.clone(), ids.clone()).await?;
    let database = Arc::new(database);
    let ttl =
        Ttl { reference: settings.cache.ttl_reference, transactional: settings.cache.ttl_transactional };
    let application = Application {
        database: database.clone(),
        cache: Arc::new(MemoryCache::new(settings.cache.memory_bytes, ttl)),
        clock,
        ids,
    };
    let keys = signing_keys(settings, &application)?;
    let files = files(settings, &keys)?;
    let sign_in = sign_in(settings, &keys, &application, &database)?;
    let authenticator = Arc::new(CachedAuthenticator::new(Sources {
        tokens: sign_in.tokens.clone(),
        queries: database.clone(),
        access: database.clone(),
        database: database.clone(),
        cache: application.cache.clone(),
        clock: application.clock.clone(),
    }));
    let state = AppState::new(application, authenticator, sign_in, files, &database);
    Ok(Parts { database, application: state.application.clone(), state })
}

fn bad_key(error: KeyError) -> Failure {
    Failure::Configuration(format!("Auth:SigningKeys: {error}"))
}

/// The first signs, all verify.
fn signing_keys(settings: &Settings, application: &Application) -> Result<Vec<SigningKey>, Failure> {
    let mut keys = Vec::new();
    for secret in &settings.auth.signing_keys {
        let bytes = secret.expose().as_bytes();
        keys.push(SigningKey::new(&key_id(bytes), bytes.to_vec()).map_err(bad_key)?);
    }
    if keys.is_empty() {
        keys.push(development_key(&settings.data_directory, &*application.ids).map_err(bad_key)?);
    }
    Ok(keys)
}

/// The configured file store, opened but not yet asked for anything.
pub fn file_store(settings: &Settings) -> Result<Arc<dyn BlobStore>, Failure> {
    let files = &settings.files;
    let text = files.connection.as_ref().map(crate::config::Secret::expose);
    let directory = settings.data_directory.join(BLOB_FOLDER);
    let options = BlobOptions::parse(text, &directory, &files.container);
    let options = options
        .map_err(|reason| Failure::Configuration(format!("AzureStorage:ConnectionString: {reason}")))?;
    let development = settings.environment.is_development();
    let identity = Identity::from_variables(|name| std::env::var(name).ok(), development);
    blobs::open(&options, &identity)
        .map_err(|error| Failure::Other(format!("the file store cannot be opened: {error}")))
}

/// The file store, what is taken into it, and the keys of our own links.
fn files(settings: &Settings, keys: &[SigningKey]) -> Result<Files, Failure> {
    let files = &settings.files;
    let links: Result<Vec<_>, _> = keys.iter().map(|key| key.derive("attachment links")).collect();
    let standard = AttachmentPolicy::default();
    let policy = AttachmentPolicy {
        types: if files.types.is_empty() { standard.types } else { files.types.clone() },
        bytes_max: files.attachment_bytes,
        tenant_bytes_max: files.tenant_bytes,
        download_url_life: files.download_url_life,
        upload_url_life: files.upload_url_life,
    };
    let links = AttachmentLinks::new(links.map_err(bad_key)?, &files.public_url);
    Ok(Files { store: file_store(settings)?, policy: Arc::new(policy), links })
}

fn sign_in(
    settings: &Settings,
    keys: &[SigningKey],
    application: &Application,
    database: &Arc<Db>,
) -> Result<SignIn, Failure> {
    let auth = &settings.auth;
    let seconds = |life: std::time::Duration| u32::try_from(life.as_secs()).unwrap_or(u32::MAX);
    Ok(SignIn {
        app: application.clone(),
        queries: database.clone(),
        passwords: Arc::new(Argon2Passwords::new(application.ids.clone())?),
        tokens: Arc::new(JwtTokens::new(&auth.issuer, &auth.audience, keys).map_err(bad_key)?),
        policy: SignInPolicy {
            access_token_seconds: seconds(auth.access_token_life),
            refresh_token_seconds: seconds(auth.refresh_token_life),
            failures_max: auth.lockout_failures,
            lock_seconds: seconds(auth.lockout_duration),
        },
    })
}

/// A name for a configured key that says nothing about it but stays the same on every replica.
fn key_id(secret: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest([b"signing key id:", secret].concat());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The limits of the HTTP edge as configured.
pub fn http_limits(settings: &Settings) -> HttpLimits {
    let rate = |per_minute: u64| match u32::try_from(per_minute).unwrap_or(u32::MAX) {
        0 => RateLimit::OFF,
        per_minute => RateLimit::per_minute(per_minute),
    };
    let limits = &settings.limits;
    HttpLimits {
        request_timeout: limits.request_timeout,
        long_request_timeout: limits.import_timeout,
        body_bytes_max: limits.body_bytes,
        upload_bytes_max: limits.import_body_bytes,
        attachment_bytes_max: usize::try_from(settings.files.attachment_bytes).unwrap_or(usize::MAX),
        concurrent_requests_max: limits.concurrent_requests,
        cors_origins: settings.cors_origins.clone(),
        tenant_rate: rate(limits.rate_per_minute_per_tenant),
        user_rate: rate(limits.rate_per_minute_per_user),
        hsts: !settings.environment.is_development(),
        ..HttpLimits::default()
    }
}
