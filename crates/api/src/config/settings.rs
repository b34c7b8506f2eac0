//! The configuration as typed sections: parsed once at start, handed out by value.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use application::ports::configuration::SecretText;

use super::choices::{self, BlobChoice, CacheChoice, ConnectionChecks, DatabaseChoice, Telemetry};
use super::environment::Environment;
use super::error::{ConfigErrors, Problem};
use super::reader::Reader;
use super::registry::{self as keys, KeyDef, Kind};
use super::remote::RemoteLocations;
use super::values;
use crate::telemetry::{Level, LevelRules};

/// Keys that verify tokens at the same time: the one that signs, the next one, and those being retired.
pub const SIGNING_KEYS_MAX: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub environment: Environment,
    pub listen: Vec<SocketAddr>,
    pub data_directory: PathBuf,
    pub database: Database,
    pub blobs: BlobChoice,
    pub telemetry: Telemetry,
    /// Where the remote sources of this configuration are.
    pub remote: RemoteLocations,
    pub reload: Reload,
    pub region: Region,
    pub features: Features,
    pub logging: Logging,
    pub bootstrap: Bootstrap,
    pub auth: Auth,
    pub limits: Limits,
    pub cache: Cache,
    pub shutdown: Shutdown,
    pub cors_origins: Vec<String>,
}

/// The database, and how the embedded engine is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    pub choice: DatabaseChoice,
    pub reader_connections: usize,
    pub group_commit_max: usize,
    pub write_queue_max: usize,
    pub busy_timeout: Duration,
}

impl Database {
    /// The file of the embedded engine, if that is chosen.
    pub fn sqlite_file(&self) -> Option<&Path> {
        match &self.choice {
            DatabaseChoice::Sqlite(file) => Some(file),
            DatabaseChoice::SqlServer(_) => None,
        }
    }
}

/// How often sources are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reload {
    /// All of them, give or take a tenth.
    pub interval: Duration,
    pub app_configuration: Duration,
}

/// Which of two installations this is (A5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub role: RegionRole,
    pub active_role: RegionRole,
    pub read_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionRole {
    Primary,
    Secondary,
}

impl Region {
    /// Whether background work is this installation's to do; the leader lease decides between its replicas.
    pub fn runs_jobs(&self) -> bool {
        self.role == self.active_role && !self.read_only
    }
}

/// Feature flags as configured, by the rest of their keys (`Beta`, `Beta:EnabledFor:0:Name`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// Below `FeatureManagement`.
    pub sections: BTreeMap<String, String>,
    /// Below `feature_management`, Microsoft's schema.
    pub schema: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    pub levels: LevelRules,
    /// Compact JSON events instead of lines for people.
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    SaStandard,
    Empty,
}

/// What an empty database is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bootstrap {
    pub admin_email: Option<String>,
    pub admin_password: Option<SecretText>,
    pub tenant: String,
    pub currency: String,
    pub template: Template,
}

impl Bootstrap {
    /// To be called when the database is empty: outside Development nothing is generated, so both must be there.
    pub fn check_for_empty_database(&self, environment: Environment) -> Result<(), ConfigErrors> {
        let given = [
            (&keys::BOOTSTRAP_ADMIN_EMAIL, self.admin_email.is_some()),
            (&keys::BOOTSTRAP_ADMIN_PASSWORD, self.admin_password.is_some()),
        ];
        let missing = given.into_iter().filter(|(_, given)| !given && !environment.is_development());
        let reason = format!("is required in {environment}, because the database is empty");
        let problems: Vec<_> = missing.map(|(def, _)| Problem::new(def.key, &reason)).collect();
        if problems.is_empty() { Ok(()) } else { Err(ConfigErrors(problems)) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    pub issuer: String,
    pub audience: String,
    pub access_token_life: Duration,
    pub refresh_token_life: Duration,
    /// The first signs, all verify; empty in Development means a generated key in the data folder.
    pub signing_keys: Vec<SecretText>,
    pub lockout_failures: u32,
    pub lockout_duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub body_bytes: usize,
    pub import_body_bytes: usize,
    pub request_timeout: Duration,
    pub import_timeout: Duration,
    pub concurrent_requests: usize,
    pub rate_per_minute_per_tenant: u64,
    pub rate_per_minute_per_user: u64,
    pub batch_operations: usize,
    pub event_streams: usize,
    pub concurrent_password_hashes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    pub choice: CacheChoice,
    pub ttl_reference: Duration,
    pub ttl_transactional: Duration,
    pub memory_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shutdown {
    pub drain_delay: Duration,
    pub grace: Duration,
}

impl Settings {
    /// Reads every section; what is wrong is left in the reader.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        checks: &ConnectionChecks,
        locations: &RemoteLocations,
    ) -> Self {
        let data_directory = PathBuf::from(reader.text(&keys::DATA_DIRECTORY).unwrap_or_default());
        let database = choices::database(reader, checks, &data_directory);
        let cache = choices::cache(reader, checks);
        let blobs = choices::blobs(reader, checks, &data_directory);
        choices::remote(reader, checks, locations);
        Self {
            environment: reader.environment(),
            listen: listen(reader),
            database: Database {
                choice: database,
                reader_connections: reader.count(&keys::DATABASE_READERS),
                group_commit_max: reader.count(&keys::DATABASE_GROUP),
                write_queue_max: reader.count(&keys::DATABASE_QUEUE),
                busy_timeout: Duration::from_millis(reader.integer(&keys::DATABASE_BUSY)),
            },
            blobs,
            telemetry: choices::telemetry(reader),
            remote: locations.clone(),
            reload: Reload {
                interval: reader.duration(&keys::RELOAD_INTERVAL),
                app_configuration: reader.seconds(&keys::APP_CONFIG_REFRESH),
            },
            region: region(reader),
            features: Features {
                sections: reader.section(&keys::FEATURES),
                schema: reader.section(&keys::FEATURE_FLAGS),
            },
            data_directory,
            logging: logging(reader),
            bootstrap: bootstrap(reader),
            auth: auth(reader),
            limits: limits(reader),
            cache: Cache {
                choice: cache,
                ttl_reference: reader.seconds(&keys::CACHE_TTL_REFERENCE),
                ttl_transactional: reader.seconds(&keys::CACHE_TTL_TRANSACTIONAL),
                memory_bytes: reader.integer(&keys::CACHE_MEMORY),
            },
            shutdown: Shutdown {
                drain_delay: reader.seconds(&keys::SHUTDOWN_DRAIN),
                grace: reader.seconds(&keys::SHUTDOWN_GRACE),
            },
            cors_origins: cors_origins(reader),
        }
    }
}

pub(super) fn listen(reader: &mut Reader<'_>) -> Vec<SocketAddr> {
    type Parse = fn(&str) -> Result<Vec<SocketAddr>, String>;
    let urls = reader.optional(&keys::URLS);
    let ports = reader.optional(&keys::HTTP_PORTS);
    let (def, text, parse): (&'static KeyDef, _, Parse) = match (urls, ports) {
        (None, Some(ports)) => (&keys::HTTP_PORTS, ports, values::ports),
        (Some(urls), _) => (&keys::URLS, urls, values::listen_urls),
        (None, None) => (&keys::URLS, reader.text(&keys::URLS).unwrap_or_default(), values::listen_urls),
    };
    match parse(&text) {
        Ok(addresses) if !addresses.is_empty() => addresses,
        Ok(_) => {
            reader.reject(def, "names no address to listen on");
            Vec::new()
        }
        Err(reason) => {
            reader.reject(def, reason);
            Vec::new()
        }
    }
}

fn region(reader: &mut Reader<'_>) -> Region {
    let mut role = |def| match reader.choice(def) {
        "Secondary" => RegionRole::Secondary,
        _ => RegionRole::Primary,
    };
    let (role, active_role) = (role(&keys::REGION_ROLE), role(&keys::REGION_ACTIVE_ROLE));
    Region { role, active_role, read_only: reader.switch(&keys::REGION_READ_ONLY) }
}

fn logging(reader: &mut Reader<'_>) -> Logging {
    let level = |word: &str| Level::parse(word).unwrap_or(Level::Information);
    let default = level(reader.choice(&keys::LOG_LEVEL));
    let mut overrides = Vec::new();
    for (source, word) in reader.group(&keys::LOG_OVERRIDES) {
        match Level::parse(&word) {
            Some(level) => overrides.push((source, level)),
            None => reader.reject_member(&keys::LOG_OVERRIDES, &source, "expected a level such as Warning"),
        }
    }
    Logging { levels: LevelRules::new(default, overrides), json: reader.choice(&keys::LOG_FORMAT) == "Json" }
}

fn bootstrap(reader: &mut Reader<'_>) -> Bootstrap {
    let currency = reader.text(&keys::BOOTSTRAP_CURRENCY).unwrap_or_default();
    if domain::money::CurrencyCode::parse(&currency).is_err() {
        reader.reject(&keys::BOOTSTRAP_CURRENCY, "expected a code of ISO 4217 such as SAR");
    }
    let admin_email = reader.text(&keys::BOOTSTRAP_ADMIN_EMAIL);
    if admin_email.as_ref().is_some_and(|address| !address.contains('@')) {
        reader.reject(&keys::BOOTSTRAP_ADMIN_EMAIL, "expected an e-mail address");
    }
    Bootstrap {
        admin_email,
        admin_password: reader.text(&keys::BOOTSTRAP_ADMIN_PASSWORD).map(SecretText::new),
        tenant: reader.text(&keys::BOOTSTRAP_TENANT).unwrap_or_default(),
        currency,
        template: match reader.choice(&keys::BOOTSTRAP_TEMPLATE) {
            "sa-standard" => Template::SaStandard,
            _ => Template::Empty,
        },
    }
}

fn auth(reader: &mut Reader<'_>) -> Auth {
    let def = &keys::AUTH_SIGNING_KEYS;
    let length_min = if let Kind::Long(length) = def.kind { length } else { 0 };
    let members = reader.group(def);
    for (index, key) in &members {
        if key.len() < length_min {
            reader.reject_member(def, index, format!("expected at least {length_min} bytes"));
        }
    }
    let mut distinct: Vec<_> = members.iter().map(|(_, key)| key).collect();
    distinct.sort();
    distinct.dedup();
    if distinct.len() < members.len() {
        reader.report(Problem::new(def.key, "has the same key twice"));
    }
    if members.len() > SIGNING_KEYS_MAX {
        reader.report(Problem::new(def.key, format!("has more than {SIGNING_KEYS_MAX} keys")));
    }
    if members.is_empty() && !reader.environment().is_development() {
        let reason = format!("is required in {}: a key of at least {length_min} bytes", reader.environment());
        reader.report(Problem::new("Auth:SigningKeys:0", reason));
    }
    Auth {
        issuer: reader.text(&keys::AUTH_ISSUER).unwrap_or_default(),
        audience: reader.text(&keys::AUTH_AUDIENCE).unwrap_or_default(),
        access_token_life: Duration::from_secs(60 * reader.integer(&keys::AUTH_ACCESS_TOKEN_MINUTES)),
        refresh_token_life: Duration::from_secs(86_400 * reader.integer(&keys::AUTH_REFRESH_TOKEN_DAYS)),
        signing_keys: members.into_iter().map(|(_, key)| SecretText::new(key)).collect(),
        lockout_failures: u32::try_from(reader.integer(&keys::AUTH_LOCKOUT_FAILURES)).unwrap_or(u32::MAX),
        lockout_duration: Duration::from_secs(60 * reader.integer(&keys::AUTH_LOCKOUT_MINUTES)),
    }
}

fn limits(reader: &mut Reader<'_>) -> Limits {
    Limits {
        body_bytes: reader.count(&keys::LIMIT_BODY),
        import_body_bytes: reader.count(&keys::LIMIT_IMPORT_BODY),
        request_timeout: reader.seconds(&keys::LIMIT_REQUEST_SECONDS),
        import_timeout: reader.seconds(&keys::LIMIT_IMPORT_SECONDS),
        concurrent_requests: reader.count(&keys::LIMIT_CONCURRENT),
        rate_per_minute_per_tenant: reader.integer(&keys::LIMIT_TENANT_RATE),
        rate_per_minute_per_user: reader.integer(&keys::LIMIT_USER_RATE),
        batch_operations: reader.count(&keys::LIMIT_BATCH),
        event_streams: reader.count(&keys::LIMIT_EVENT_STREAMS),
        concurrent_password_hashes: reader.count(&keys::LIMIT_PASSWORD_HASHES),
    }
}

fn cors_origins(reader: &mut Reader<'_>) -> Vec<String> {
    let mut origins = Vec::new();
    for (index, origin) in reader.group(&keys::CORS_ORIGINS) {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' '])) {
            origins.push(origin);
        } else {
            let reason = "expected scheme, host and port only, such as https://app.example.com";
            reader.reject_member(&keys::CORS_ORIGINS, &index, reason);
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;
    use crate::config::load::tests::{CHECKS, nowhere};

    /// A documented key that nothing reads would be a promise nobody keeps.
    #[test]
    fn every_key_of_the_registry_is_read() {
        let layers = Layers::default();
        let mut reader = Reader::new(&layers, Environment::Development);
        Settings::read(&mut reader, &CHECKS, &nowhere(Environment::Staging));
        // The environment is decided before there is anything to read.
        let others = keys::ALL.iter().map(|def| def.key).filter(|key| *key != keys::ENVIRONMENT.key);
        let unread: Vec<_> = others.filter(|key| !reader.keys_read().contains(key)).collect();
        assert!(unread.is_empty(), "{unread:?}");
    }

    #[test]
    fn nothing_is_generated_outside_development() {
        let layers = Layers::default();
        let mut reader = Reader::new(&layers, Environment::Staging);
        let bootstrap = Settings::read(&mut reader, &CHECKS, &nowhere(Environment::Staging)).bootstrap;
        assert_eq!((bootstrap.template, bootstrap.currency.as_str()), (Template::Empty, "SAR"));
        assert!(bootstrap.check_for_empty_database(Environment::Development).is_ok());
        let missing = bootstrap.check_for_empty_database(Environment::Staging).unwrap_err();
        let names: Vec<_> = missing.0.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(names, ["Bootstrap:AdminEmail", "Bootstrap:AdminPassword"]);
    }
}
