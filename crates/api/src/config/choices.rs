//! Which adapter serves each port, as the configuration chooses (0.1). The grammar of a cloud adapter's connection
//! string belongs to the adapter; here the text is carried and checked through [`ConnectionChecks`].

use std::path::{Path, PathBuf};

use application::ports::configuration::SecretText;

use super::ado;
use super::environment::Environment;
use super::error::{Notice, Problem};
use super::insights::ApplicationInsights;
use super::reader::Reader;
use super::registry::{self as keys, KeyDef};
use super::remote::{AppConfigurationLocation, KeyVaultLocation, RemoteLocations};
pub use super::telemetry::telemetry;
use crate::telemetry::UserIds;

/// File of the embedded database in the data folder.
pub const DATABASE_FILE: &str = "erp.db";
/// Folder of files in the data folder.
pub const BLOBS_FOLDER: &str = "blobs";
/// How the cache of the process is asked for outright.
const MEMORY: &str = "memory://";
/// How a directory is asked for outright.
const DIRECTORY: &str = "file://";

/// Checks one connection string for an environment. `Ok`: what the operator should know about it; `Err`: why it cannot
/// be used. Neither may repeat a secret.
pub type ConnectionCheck = fn(&str, Environment) -> Result<Vec<String>, String>;

/// The checks of the cloud adapters.
#[derive(Clone, Copy)]
pub struct ConnectionChecks {
    pub database_pairs: ado::Pairs,
    pub sql_server: ConnectionCheck,
    pub redis: ConnectionCheck,
    pub azure_storage: ConnectionCheck,
    pub azure_container: ConnectionCheck,
    pub backup_key: ConnectionCheck,
    pub app_configuration: ConnectionCheck,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseChoice {
    /// The embedded engine on this file.
    Sqlite(PathBuf),
    /// An ADO.NET connection string.
    SqlServer(SecretText),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheChoice {
    Memory,
    /// A StackExchange.Redis string.
    Redis(SecretText),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobChoice {
    Directory(PathBuf),
    /// An Azure Storage connection string.
    Azure(SecretText),
}

/// Destinations of telemetry besides the console; `None` = not sent there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telemetry {
    pub application_insights: Option<ApplicationInsights>,
    pub seq: Option<Seq>,
    pub otlp: Option<Otlp>,
    pub traces_per_second: u64,
    pub user_ids: UserIds,
}

/// An OpenTelemetry collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otlp {
    /// The address without a final `/`.
    pub endpoint: String,
    pub headers: Vec<(String, SecretText)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seq {
    /// The address without a final `/`.
    pub server_url: String,
    pub api_key: Option<SecretText>,
}

pub fn database(reader: &mut Reader<'_>, checks: &ConnectionChecks, data_directory: &Path) -> DatabaseChoice {
    let def = &keys::DEFAULT_CONNECTION;
    let password = reader.optional(&keys::DB_PASSWORD);
    let default = DatabaseChoice::Sqlite(data_directory.join(DATABASE_FILE));
    let Some(text) = reader.optional(def) else {
        missing(reader, def, "Provider=Sqlite;Data Source=<file>", "the books are in the data folder");
        return default;
    };
    if ado::has_keyword(checks.database_pairs, &text, "provider") {
        match ado::sqlite_file(checks.database_pairs, &text) {
            Ok(file) => {
                embedded(reader, def, "the embedded engine");
                return DatabaseChoice::Sqlite(file);
            }
            Err(reason) => reader.reject(def, reason),
        }
        return default;
    }
    let text = match password {
        Some(password) => {
            let with = ado::with_password(checks.database_pairs, &text, &password);
            not_used(reader, &keys::DB_PASSWORD, with == text, "has one, or no user");
            with
        }
        None => text,
    };
    check(reader, def, checks.sql_server, &text);
    DatabaseChoice::SqlServer(SecretText::new(text))
}

pub fn cache(reader: &mut Reader<'_>, checks: &ConnectionChecks) -> CacheChoice {
    let def = &keys::REDIS;
    let password = reader.optional(&keys::REDIS_PASSWORD);
    let Some(text) = reader.optional(def) else {
        missing(reader, def, MEMORY, "the cache is in this process");
        return CacheChoice::Memory;
    };
    if text.trim().eq_ignore_ascii_case(MEMORY) {
        embedded(reader, def, "the cache of this process");
        return CacheChoice::Memory;
    }
    let text = match password {
        Some(password) if !has_redis_password(&text) => {
            if password.contains(',') {
                reader.reject(&keys::REDIS_PASSWORD, "has a ',', which a Redis string cannot hold");
            }
            format!("{},password={password}", text.trim().trim_end_matches(','))
        }
        given => {
            not_used(reader, &keys::REDIS_PASSWORD, given.is_some(), "has one");
            text
        }
    };
    check(reader, def, checks.redis, &text);
    CacheChoice::Redis(SecretText::new(text))
}

/// An operator who rotates a password of its own wants to know that another one counts.
fn not_used(reader: &mut Reader<'_>, def: &KeyDef, unused: bool, why: &str) {
    if unused {
        reader.notice(Notice::warning(format!("{} is not used: the connection string {why}.", def.key)));
    }
}

fn has_redis_password(text: &str) -> bool {
    text.split(',')
        .filter_map(|token| token.split_once('='))
        .any(|(name, _)| name.trim().eq_ignore_ascii_case("password"))
}

pub fn blobs(reader: &mut Reader<'_>, checks: &ConnectionChecks, data_directory: &Path) -> BlobChoice {
    let def = &keys::AZURE_STORAGE;
    let Some(text) = reader.optional(def) else {
        missing(reader, def, "file://blobs", "files are kept in the data folder");
        return BlobChoice::Directory(data_directory.join(BLOBS_FOLDER));
    };
    if let Some(directory) = directory(&text) {
        if directory.as_os_str().is_empty() {
            reader.reject(def, "names no directory after file://");
        }
        embedded(reader, def, "a directory");
        return BlobChoice::Directory(data_directory.join(directory));
    }
    check(reader, def, checks.azure_storage, &text);
    let container = reader.text(&keys::AZURE_CONTAINER).unwrap_or_default();
    check(reader, &keys::AZURE_CONTAINER, checks.azure_container, &container);
    BlobChoice::Azure(SecretText::new(text))
}

/// The path of `file://…`.
pub fn directory(text: &str) -> Option<PathBuf> {
    let (scheme, path) = text.trim().split_at_checked(DIRECTORY.len())?;
    scheme.eq_ignore_ascii_case(DIRECTORY).then(|| PathBuf::from(path))
}

/// The sources of settings themselves; `locations` is what the layers up to the command line said.
pub fn remote(reader: &mut Reader<'_>, checks: &ConnectionChecks, locations: &RemoteLocations) {
    let vault = reader.optional(&keys::KEY_VAULT);
    let prefix = reader.optional(&keys::KEY_VAULT_PREFIX);
    let secrets = reader.optional(&keys::SECRETS_DIRECTORY);
    match &locations.key_vault {
        None => missing(reader, &keys::KEY_VAULT, "file:///app/secrets", "there is no vault"),
        Some(KeyVaultLocation::Directory(_)) => {
            embedded(reader, &keys::KEY_VAULT, "a directory instead of a vault");
        }
        Some(KeyVaultLocation::Vault { .. }) => {}
    }
    let endpoint = reader.optional(&keys::APP_CONFIG);
    let connection = reader.optional(&keys::APP_CONFIG_CONNECTION);
    match &locations.app_configuration {
        Some(AppConfigurationLocation::ConnectionString(text)) => {
            check(reader, &keys::APP_CONFIG_CONNECTION, checks.app_configuration, text.expose());
        }
        Some(AppConfigurationLocation::Endpoint(_)) => {}
        None if reader.environment().is_development() => {
            reader.idle(format!("settings come from this machine ({})", keys::APP_CONFIG.key));
        }
        None => reader.notice(Notice::warning(format!(
            "{} is not set in {}: settings come from files, the environment and the vault only.",
            keys::APP_CONFIG.key,
            reader.environment()
        ))),
    }
    let located = [
        (&keys::KEY_VAULT, vault),
        (&keys::KEY_VAULT_PREFIX, prefix),
        (&keys::APP_CONFIG, endpoint),
        (&keys::APP_CONFIG_CONNECTION, connection),
        (&keys::APP_CONFIG_SENTINEL, reader.optional(&keys::APP_CONFIG_SENTINEL)),
        (&keys::APP_CONFIG_SENTINEL_LABEL, reader.optional(&keys::APP_CONFIG_SENTINEL_LABEL)),
        (&keys::SECRETS_DIRECTORY, secrets),
    ];
    for (def, given) in located {
        if given.is_some() {
            reader.must_be_low(def);
        }
    }
}

pub fn check(reader: &mut Reader<'_>, def: &'static KeyDef, check: ConnectionCheck, text: &str) {
    match check(text, reader.environment()) {
        Ok(remarks) => {
            for remark in remarks {
                reader.notice(Notice::warning(format!("{}: {remark}", def.key)));
            }
        }
        Err(reason) => reader.reject(def, reason),
    }
}

/// Nothing is set: the embedded adapter in Development, an error elsewhere. Silently using another adapter than the
/// operator thinks would lose data where nobody looks.
pub fn missing(reader: &mut Reader<'_>, def: &'static KeyDef, explicit: &str, embedded: &str) {
    let environment = reader.environment();
    if environment.is_development() {
        reader.idle(format!("{embedded} ({})", def.key));
    } else {
        let reason = format!("is required in {environment}; write {explicit} to do without the service");
        reader.report(Problem::new(def.key, reason));
    }
}

pub fn embedded(reader: &mut Reader<'_>, def: &KeyDef, what: &str) {
    let environment = reader.environment();
    if !environment.is_development() {
        reader.notice(Notice::warning(format!("{} chooses {what} in {environment}.", def.key)));
    }
}
