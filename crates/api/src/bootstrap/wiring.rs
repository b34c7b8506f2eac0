//! Wiring: makes a running application of the settings, with adapters behind their ports.

use std::sync::Arc;

use application::command::Application;
use application::platform::sign_in::SignIn;
use application::platform::sign_in_policy::SignInPolicy;
use application::ports::clock::{Clock, Ids};
use infrastructure::blobs::replaceable::ReplaceableBlobs;
use infrastructure::cache::Ttl;
use infrastructure::cache::followed::FollowedDatabase;
use infrastructure::identity::authenticator::{CachedAuthenticator, Sources};
use infrastructure::identity::keys::{KeyError, SigningKey, development_key};
use infrastructure::identity::oidc::{OidcIssuer, OidcIssuers};
use infrastructure::identity::passwords::Argon2Passwords;
use infrastructure::identity::tokens::JwtTokens;
use infrastructure::secrets::transport::http_client;
use infrastructure::sql::db::Db;

use super::{Failure, LiveParts, stores};
use crate::config::{Oidc, Settings};
use crate::event_hub::{AnnouncingCache, EventHub};
use crate::middleware::rate::share;
use crate::middleware::{HttpLimits, RateLimit, Rates};
use crate::operation::Operations;
use crate::overload::{self, Overload, QueuedDatabase, WriterQueue};
use crate::resources::Resources;
use crate::state::AppState;

/// The parts of the process.
pub struct Parts {
    pub database: Arc<Db>,
    pub application: Application,
    pub state: AppState,
    /// The parts that changed settings reach.
    pub live: LiveParts,
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
    let overload = overload_of(settings);
    let pace = Arc::new(overload.0.admission.clone());
    let database = stores::open_database(settings, pace, clock.clone(), ids.clone()).await?;
    put_together(settings, (database, overload), clock, ids)
}

/// The parts that decide how much the server takes, and the queue they watch. The database goes at their pace, and so
/// comes later.
pub fn overload_of(settings: &Settings) -> (Overload, WriterQueue) {
    let writer = WriterQueue::default();
    (Overload::new(overload_limits(settings), Resources::of_process(), writer.clone()), writer)
}

/// Puts the adapters behind their ports once the database is open.
pub fn put_together(
    settings: &Settings,
    (database, (overload, writer)): (Db, (Overload, WriterQueue)),
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Parts, Failure> {
    let database = Arc::new(database);
    let caches = stores::open_cache(settings, &database, clock.clone(), ids.clone())?;
    let events = EventHub::new(settings.limits.event_streams);
    let cache = Arc::new(AnnouncingCache::new(caches.cache.clone(), events.clone()));
    let queued = Arc::new(QueuedDatabase::new(database.clone(), writer));
    let followed = Arc::new(FollowedDatabase::new(queued, cache.clone()));
    let application = Application { database: followed, cache, clock, ids };
    let keys = signing_keys(settings, &*application.ids)?;
    let blobs = Arc::new(ReplaceableBlobs::new(stores::open_blobs(&settings.blobs, settings)?));
    let files = stores::files(settings, &keys, blobs.clone())?;
    let links = files.links.clone();
    let auth = &settings.auth;
    let tokens = Arc::new(JwtTokens::new(&auth.issuer, &auth.audience, &keys).map_err(bad_key)?);
    let sign_in = sign_in(settings, &application, &database, tokens.clone())?;
    let authenticator = Arc::new(CachedAuthenticator::new(Sources {
        tokens: sign_in.tokens.clone(),
        oidc: Arc::new(issuers(settings)?),
        queries: database.clone(),
        access: database.clone(),
        database: database.clone(),
        cache: application.cache.clone(),
        clock: application.clock.clone(),
    }));
    let state =
        AppState::new(application, events, authenticator, sign_in, files, &database).with_overload(overload);
    if let Some(redis) = &caches.redis {
        let clock = state.application.clock.clone();
        share(&state.switches.rates(), redis.clone(), clock);
    }
    let live = LiveParts {
        tokens,
        set_cache_ttl: caches.set_ttl,
        redis: caches.redis,
        links,
        blobs,
        switches: state.switches.clone(),
        flags: state.flags.clone(),
        database: database.clone(),
        clock: state.application.clock.clone(),
        ids: state.application.ids.clone(),
    };
    Ok(Parts { database, application: state.application.clone(), state, live })
}

pub fn cache_ttl(settings: &Settings) -> Ttl {
    Ttl { reference: settings.cache.ttl_reference, transactional: settings.cache.ttl_transactional }
}

pub fn bad_key(error: KeyError) -> Failure {
    Failure::Configuration(format!("Auth:SigningKeys: {error}"))
}

/// The keys as configured, the first of which signs; in Development one is made where none is configured.
pub fn signing_keys(settings: &Settings, ids: &dyn Ids) -> Result<Vec<SigningKey>, Failure> {
    let mut keys = Vec::new();
    for secret in &settings.auth.signing_keys {
        let bytes = secret.expose().as_bytes();
        keys.push(SigningKey::new(&key_id(bytes), bytes.to_vec()).map_err(bad_key)?);
    }
    if keys.is_empty() {
        keys.push(development_key(&settings.data_directory, ids).map_err(bad_key)?);
    }
    Ok(keys)
}

/// Whose tokens count beside our own.
fn issuers(settings: &Settings) -> Result<OidcIssuers, Failure> {
    if settings.auth.oidc.is_empty() {
        return Ok(OidcIssuers::default());
    }
    let http = http_client(None).map_err(|error| Failure::Other(error.to_string()))?;
    let issuer = |oidc: &Oidc| {
        let Oidc { issuer, audience, metadata, tenant_claim, tenants, user_claim, roles_claim, roles } =
            oidc.clone();
        OidcIssuer { issuer, audience, metadata, tenant_claim, tenants, user_claim, roles_claim, roles }
    };
    Ok(OidcIssuers::new(settings.auth.oidc.iter().map(issuer).collect(), &http))
}

fn seconds(life: std::time::Duration) -> u32 {
    u32::try_from(life.as_secs()).unwrap_or(u32::MAX)
}

/// How long an access token lives, in seconds.
pub fn token_seconds(settings: &Settings) -> u32 {
    seconds(settings.auth.access_token_life)
}

fn sign_in(
    settings: &Settings,
    application: &Application,
    database: &Arc<Db>,
    tokens: Arc<JwtTokens>,
) -> Result<SignIn, Failure> {
    let auth = &settings.auth;
    Ok(SignIn {
        app: application.clone(),
        queries: database.clone(),
        passwords: Arc::new(Argon2Passwords::new(
            application.ids.clone(),
            settings.limits.concurrent_password_hashes,
        )?),
        tokens,
        policy: SignInPolicy {
            access_token_seconds: token_seconds(settings),
            refresh_token_seconds: seconds(auth.refresh_token_life),
            session_seconds_max: seconds(auth.session_life),
            failures_max: auth.lockout_failures,
            lock_seconds: seconds(auth.lockout_duration),
        },
        attempts: Arc::default(),
    })
}

/// A name for a configured key that says nothing about it but stays the same on every replica.
fn key_id(secret: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest([b"signing key id:", secret].concat());
    domain::hex::hex(&digest[..8])
}

/// The rates as configured.
pub fn rate_limits(settings: &Settings) -> Rates {
    let rate = |per_minute: u64| match u32::try_from(per_minute).unwrap_or(u32::MAX) {
        0 => RateLimit::OFF,
        per_minute => RateLimit::per_minute(per_minute),
    };
    let rates = &settings.limits.rates;
    Rates {
        address: rate(rates.address),
        tenant: rate(rates.tenant),
        user: rate(rates.user),
        sign_in_address: rate(rates.sign_in_address),
        sign_in_account: rate(rates.sign_in_account),
    }
}

fn overload_limits(settings: &Settings) -> overload::Limits {
    let limits = &settings.limits;
    overload::Limits {
        requests_max: limits.concurrent_requests,
        transfers_max: limits.transfers,
        bytes_max: limits.bytes_in_flight,
    }
}

/// The limits of the HTTP edge as configured.
pub fn http_limits(settings: &Settings) -> HttpLimits {
    let limits = &settings.limits;
    HttpLimits {
        request_timeout: limits.request_timeout,
        long_request_timeout: limits.import_timeout,
        body_bytes_max: limits.body_bytes,
        upload_bytes_max: limits.import_body_bytes,
        attachment_bytes_max: usize::try_from(settings.files.attachment_bytes).unwrap_or(usize::MAX),
        anonymous_body: limits.anonymous_body,
        batch_operations_max: limits.batch_operations,
        body_bytes_per_second_min: limits.body_bytes_per_second,
        cors_origins: settings.cors_origins.clone(),
        rates: rate_limits(settings),
        proxies: settings.proxies.clone(),
        hsts: !settings.environment.is_development(),
        ..HttpLimits::default()
    }
}
