//! The settings that a running server takes over when they change (B15), beside those of adapters that rebuild their
//! own clients.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use application::ports::clock::Clock;
use infrastructure::cache::Ttl;
use infrastructure::cache::connection_string::RedisOptions;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::stores::link_keys;
use super::wiring::{Parts, cache_ttl, rate_limits, signing_keys, token_seconds};
use crate::config::{BlobChoice, CacheChoice, DatabaseChoice, LiveSettings, Settings};
use crate::telemetry::LevelSwitch;

const TARGET: &str = "erp::configuration";
/// The pause after a changed connection string of the database did not work; doubles with each further failure.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// Its longest.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(60);

/// Puts the settings that change while the server runs into force, now and after each reload; the future ends when it
/// has stopped.
pub fn follow(
    live: &LiveSettings,
    parts: &Parts,
    levels: Option<LevelSwitch>,
    mut stopped: watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<> {
    let mut settings = live.watch();
    let mut now = settings.borrow_and_update().clone();
    let followers = Followers::of(parts, levels, now.clone());
    followers.region(&now);
    followers.flags(&now);
    let running = tokio::spawn(async move {
        loop {
            tokio::select! {
                changed = settings.changed() => if changed.is_err() { return },
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            let next = settings.borrow_and_update().clone();
            followers.take_over(&now, &next);
            now = next;
        }
    });
    async move {
        let _ = running.await;
    }
}

/// Handles on everything that changes.
struct Followers {
    /// The settings the process started with: those that count after a restart only are in force as they are here.
    started: Arc<Settings>,
    levels: Option<LevelSwitch>,
    parts: LiveParts,
    reconnecting: Arc<Reconnecting>,
}

/// When connection strings change several times, the last one counts, however long the earlier ones are tried.
#[derive(Default)]
struct Reconnecting {
    last: AtomicU64,
    trying: tokio::sync::Mutex<()>,
}

/// The parts of a running server that changed settings reach.
#[derive(Clone)]
pub struct LiveParts {
    pub tokens: Arc<infrastructure::identity::tokens::JwtTokens>,
    pub set_cache_ttl: Arc<dyn Fn(Ttl) + Send + Sync>,
    /// Where the cache is shared.
    pub redis: Option<Arc<infrastructure::cache::layered::LayeredCache>>,
    /// Links to attachments, signed as tokens are.
    pub links: crate::attachment_links::AttachmentLinks,
    pub blobs: Arc<infrastructure::blobs::replaceable::ReplaceableBlobs>,
    pub switches: crate::middleware::Switches,
    pub flags: application::platform::feature_flags::FeatureFlags,
    pub database: Arc<infrastructure::sql::db::Db>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn application::ports::clock::Ids>,
}

impl Followers {
    fn of(parts: &Parts, levels: Option<LevelSwitch>, started: Arc<Settings>) -> Self {
        Self { started, levels, parts: parts.live.clone(), reconnecting: Arc::default() }
    }

    fn take_over(&self, old: &Settings, new: &Settings) {
        if let Some(levels) = self.levels.as_ref().filter(|_| old.logging.levels != new.logging.levels) {
            levels.configure(new.logging.levels.clone());
        }
        if cache_ttl(old) != cache_ttl(new) {
            (self.parts.set_cache_ttl)(cache_ttl(new));
        }
        if rate_limits(old) != rate_limits(new) {
            self.parts.switches.rates().set(rate_limits(new));
        }
        if old.auth.signing_keys != new.auth.signing_keys {
            self.rotate_keys(new);
        }
        if old.features != new.features {
            self.flags(new);
        }
        if old.region != new.region {
            self.region(new);
        }
        if let (DatabaseChoice::SqlServer(old), DatabaseChoice::SqlServer(new)) =
            (&old.database.choice, &new.database.choice)
            && old != new
        {
            self.reconnect(new.expose());
        }
        if let (CacheChoice::Redis(old), CacheChoice::Redis(new), Some(redis)) =
            (&old.cache.choice, &new.cache.choice, &self.parts.redis)
            && old != new
        {
            match self.redis_options(new.expose()) {
                Ok(options) => redis.reconnect(options),
                Err(error) => error!(target: TARGET, %error, "Redis stays as it was: {{error}}"),
            }
        }
        let both_azure = matches!((&old.blobs, &new.blobs), (BlobChoice::Azure(_), BlobChoice::Azure(_)));
        if both_azure && old.blobs != new.blobs {
            self.reopen_blobs(new);
        }
        embedded(old, new);
    }

    fn redis_options(&self, text: &str) -> Result<RedisOptions, super::Failure> {
        super::stores::redis_options(text, self.started.environment.is_development(), &self.parts.clock)
    }

    /// Uploads and downloads in progress end with the client they began with.
    fn reopen_blobs(&self, settings: &Settings) {
        match super::stores::open_blobs(&settings.blobs, &self.started) {
            Ok(store) => {
                self.parts.blobs.replace(store);
                info!(target: TARGET, "Files are reached with the changed connection string");
            }
            Err(error) => error!(target: TARGET, %error, "The file store stays as it was: {{error}}"),
        }
    }

    /// Beside the others, because a server that is away would hold them up; again until it works, because the server may
    /// learn of a new password later than this process, or be away just now.
    fn reconnect(&self, text: &str) {
        let options = match super::stores::sql_server_options(text, &self.started) {
            Ok(options) => options,
            Err(error) => {
                error!(target: TARGET, %error, "The database stays as it was: {{error}}");
                return;
            }
        };
        super::connection_budget::tell(&options, &self.started);
        let (database, reconnecting) = (self.parts.database.clone(), self.reconnecting.clone());
        let turn = reconnecting.last.fetch_add(1, Ordering::AcqRel) + 1;
        tokio::spawn(async move {
            let mut pause = RECONNECT_PAUSE;
            loop {
                let trying = reconnecting.trying.lock().await;
                if reconnecting.last.load(Ordering::Acquire) != turn {
                    return;
                }
                match database.reconnect(&options).await {
                    Ok(()) => break,
                    Err(error) => error!(
                        target: TARGET, %error,
                        "The changed connection string does not work yet, so the old one stays: {{error}}"
                    ),
                }
                drop(trying);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(RECONNECT_PAUSE_MAX);
            }
            info!(target: TARGET, "The database is reached with the changed connection string");
        });
    }

    fn rotate_keys(&self, new: &Settings) {
        let seconds = token_seconds(&self.started);
        let files = &self.started.files;
        let links_life = files.download_url_life.max(files.upload_url_life);
        let rotated = signing_keys(new, &*self.parts.ids).and_then(|keys| {
            let (now, links) = (self.parts.clock.now(), link_keys(&keys)?);
            self.parts.tokens.rotate(&keys, now, seconds).map_err(super::wiring::bad_key)?;
            self.parts.links.rotate(&links, now, links_life);
            Ok(keys.len())
        });
        match rotated {
            Ok(count) => {
                info!(target: TARGET, count, "Tokens and links are signed with the first of {{count}} keys")
            }
            Err(error) => error!(target: TARGET, %error, "The signing keys stay as they were: {{error}}"),
        }
    }

    fn flags(&self, settings: &Settings) {
        let features = &settings.features;
        let problems = self.parts.flags.load(
            features.sections.iter().map(|(key, value)| (key.as_str(), value.as_str())),
            features.schema.iter().map(|(key, value)| (key.as_str(), value.as_str())),
        );
        for problem in problems {
            warn!(target: TARGET, flag = problem.flag, reason = problem.reason, "The feature flag {{flag}} is left out: {{reason}}");
        }
    }

    fn region(&self, settings: &Settings) {
        let region = settings.region;
        self.parts.switches.set_region(region.read_only, region.runs_jobs());
        if region.read_only {
            warn!(target: TARGET, "Read-only: changes are refused and no background work runs");
        } else if !region.runs_jobs() {
            info!(target: TARGET, "Background work is the other region's");
        }
    }
}

/// An embedded adapter is the process's own data: another one needs a restart.
fn embedded(old: &Settings, new: &Settings) {
    let is_embedded = |settings: &Settings| {
        [
            matches!(settings.database.choice, DatabaseChoice::Sqlite(_)),
            matches!(settings.cache.choice, CacheChoice::Memory),
            matches!(settings.blobs, BlobChoice::Directory(_)),
        ]
    };
    let changed = [
        ("database", old.database.choice != new.database.choice),
        ("cache", old.cache.choice != new.cache.choice),
        ("storage of files", old.blobs != new.blobs),
    ];
    let either = is_embedded(old).into_iter().zip(is_embedded(new)).map(|(old, new)| old || new);
    for ((port, changed), embedded) in changed.into_iter().zip(either) {
        if changed && embedded {
            warn!(target: TARGET, port, "Another {{port}} is chosen, which counts after a restart only");
        }
    }
}
