//! Layers from outside the process: where they are, and how they are read at start.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use application::ports::configuration::{
    ConfigurationSource, ConfigurationSourceError, SecretText, SettingsLayer,
};

use tokio::time::Instant;

use super::choices::{ConnectionChecks, directory};
use super::environment::Environment;
use super::error::Problem;
use super::layers::Layers;
use super::reader::resolve;
use super::registry::{self as keys, KeyDef};
use super::values::service_url;

/// How the tools of App Configuration write that there is no label.
const NO_LABEL: &str = "\\0";
/// Longest time one reading of a source may take; sources have shorter limits of their own.
pub const SOURCE_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a command asks a source that does not answer, the pause between, and the time for all of it: somebody waits
/// for what it prints. A server that starts is more patient, and asks again itself.
const COMMAND_ATTEMPTS: u32 = 3;
const COMMAND_PAUSE: Duration = Duration::from_secs(1);
const FIRST_TIMEOUT: Duration = Duration::from_secs(50);

/// Addresses of the remote sources, read from the layers up to the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteLocations {
    pub environment: Environment,
    pub key_vault: Option<KeyVaultLocation>,
    pub app_configuration: Option<AppConfigurationLocation>,
    pub sentinel: Option<SentinelKey>,
}

/// The key of the App Configuration store that is changed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentinelKey {
    pub key: String,
    /// `None` = the one without a label.
    pub label: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyVaultLocation {
    Vault {
        /// Without a final `/`.
        uri: String,
        /// Only secrets with this prefix and a `-` count, without them.
        prefix: Option<String>,
    },
    /// A directory with a file a secret stands in for the vault.
    Directory(PathBuf),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppConfigurationLocation {
    /// Entered with the identity of the process; without a final `/`.
    Endpoint(String),
    /// `Endpoint=…;Id=…;Secret=…`.
    ConnectionString(SecretText),
}

/// The sources at those locations.
#[derive(Clone, Default)]
pub struct RemoteSources {
    pub app_configuration: Option<Arc<dyn ConfigurationSource>>,
    pub key_vault: Option<Arc<dyn ConfigurationSource>>,
}

/// Makes the sources; asks nobody yet. A refusal is reported under the key that names the source.
pub type Connect = dyn Fn(&RemoteLocations) -> Result<RemoteSources, Problem> + Send + Sync;

/// The facts about adapters that the configuration needs; the bootstrap gives them.
#[derive(Clone)]
pub struct Adapters {
    pub checks: ConnectionChecks,
    pub connect: Arc<Connect>,
}

impl RemoteLocations {
    /// Reads the keys that locate sources from the lower `layers`.
    pub fn read(layers: &Layers, environment: Environment) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let given = |def: &KeyDef| {
            let given = resolve(layers, def)?;
            (!def.is_placeholder(&given.value)).then_some(given)
        };
        let mut url = |def: &KeyDef| {
            let given = given(def)?;
            service_url(&given.value)
                .map_err(|reason| {
                    problems.push(Problem::new(def.key, format!("(from {}) {reason}", given.layer)))
                })
                .ok()
        };
        let stand_in = given(&keys::KEY_VAULT).and_then(|given| directory(&given.value));
        let prefix = given(&keys::KEY_VAULT_PREFIX).map(|given| given.value.trim().to_owned());
        let key_vault = match stand_in {
            Some(directory) => Some(KeyVaultLocation::Directory(directory)),
            None => url(&keys::KEY_VAULT).map(|uri| KeyVaultLocation::Vault { uri, prefix }),
        };
        let endpoint = url(&keys::APP_CONFIG).map(AppConfigurationLocation::Endpoint);
        let connection = given(&keys::APP_CONFIG_CONNECTION)
            .map(|given| AppConfigurationLocation::ConnectionString(SecretText::new(given.value)));
        let sentinel = given(&keys::APP_CONFIG_SENTINEL).map(|named| SentinelKey {
            key: named.value.trim().to_owned(),
            label: match given(&keys::APP_CONFIG_SENTINEL_LABEL) {
                None => Some(environment.name().to_owned()),
                Some(label) => Some(label.value.trim().to_owned()).filter(|label| label != NO_LABEL),
            },
        });
        if problems.is_empty() {
            // An access key was put there on purpose; an endpoint may be there for other programs.
            Ok(Self { environment, key_vault, app_configuration: connection.or(endpoint), sentinel })
        } else {
            Err(problems)
        }
    }

    /// Whether any client of a remote service is needed.
    pub fn any(&self) -> bool {
        self.app_configuration.is_some() || matches!(self.key_vault, Some(KeyVaultLocation::Vault { .. }))
    }
}

/// A source with its last layers.
pub struct Remote {
    pub source: Arc<dyn ConfigurationSource>,
    pub layers: Vec<SettingsLayer>,
    /// The time at which the reading at start began.
    pub begun: Instant,
}

/// How often a source is asked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// The caller asks again by itself.
    Once,
    /// A few times within a minute.
    AFewTimes,
}

/// The problems of the sources.
#[derive(Debug, Default)]
pub struct SourceProblems {
    pub problems: Vec<Problem>,
    /// Whether all failures may be over in a moment.
    pub may_pass: bool,
}

/// All remote layers, lowest first in each.
#[derive(Default)]
pub struct RemoteLayers {
    pub app_configuration: Option<Remote>,
    pub key_vault: Option<Remote>,
}

impl RemoteLayers {
    /// Makes the sources and reads each, both at the same time; what fails is a problem, and the rest is kept.
    pub async fn read(
        locations: &RemoteLocations,
        adapters: &Adapters,
        asking: Asking,
    ) -> (Self, SourceProblems) {
        if !locations.any() {
            return (Self::default(), SourceProblems::default());
        }
        let sources = match (adapters.connect)(locations) {
            Ok(sources) => sources,
            Err(problem) => {
                return (Self::default(), SourceProblems { problems: vec![problem], may_pass: false });
            }
        };
        let (app_configuration, key_vault) = tokio::join!(
            first_read(sources.app_configuration, asking),
            first_read(sources.key_vault, asking)
        );
        let mut found = SourceProblems { problems: Vec::new(), may_pass: true };
        let mut kept = |read: Option<Result<Remote, NotRead>>| {
            let refused = |(problem, may_pass)| {
                found.problems.push(problem);
                found.may_pass &= may_pass;
            };
            read.and_then(|read| read.map_err(refused).ok())
        };
        let layers = Self { app_configuration: kept(app_configuration), key_vault: kept(key_vault) };
        (layers, found)
    }
}

/// A problem, and whether it may be over in a moment.
type NotRead = (Problem, bool);

async fn first_read(
    source: Option<Arc<dyn ConfigurationSource>>,
    asking: Asking,
) -> Option<Result<Remote, NotRead>> {
    let source = source?;
    let attempts = if asking == Asking::Once { 1 } else { COMMAND_ATTEMPTS };
    let reading = async {
        let mut attempt = 1;
        loop {
            let begun = Instant::now();
            match source.load().await {
                Err(ConfigurationSourceError::Unavailable(_)) if attempt < attempts => {
                    tokio::time::sleep(COMMAND_PAUSE * attempt).await;
                    attempt += 1;
                }
                read => break read.map(|layers| (layers, begun)),
            }
        }
    };
    Some(match within(FIRST_TIMEOUT, reading).await {
        Ok((layers, begun)) => Ok(Remote { layers: layers.unwrap_or_default(), source, begun }),
        Err(error) => {
            let may_pass = matches!(error, ConfigurationSourceError::Unavailable(_));
            Err((Problem::new(source.name(), error.to_string()), may_pass))
        }
    })
}

/// One reading within [`SOURCE_TIMEOUT`].
pub async fn load(
    source: &dyn ConfigurationSource,
) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
    within(SOURCE_TIMEOUT, source.load()).await
}

async fn within<T>(
    limit: Duration,
    reading: impl Future<Output = Result<T, ConfigurationSourceError>>,
) -> Result<T, ConfigurationSourceError> {
    tokio::time::timeout(limit, reading).await.unwrap_or_else(|_| {
        let text = format!("no answer within {} s", limit.as_secs());
        Err(ConfigurationSourceError::Unavailable(text))
    })
}
