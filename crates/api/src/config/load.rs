//! Loading: reads the settings from their sources.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::choices::ConnectionChecks;
use super::command_line::Arguments;
use super::environment::Environment;
use super::error::{ConfigErrors, Notice, Problem, TRY_IT};
use super::layers::Layers;
use super::local::{Local, Watched};
use super::reader::{Group, Reader, group, resolve};
use super::registry::{self, KeyDef};
use super::remote::{Adapters, Asking, RemoteLayers, RemoteLocations};
use super::settings::{self, Logging, Settings};
use super::{show, unknown};
use crate::serving::TlsFiles;
use crate::telemetry::secrets;

/// Everything configuration is made of on this machine; tests fill it by hand.
#[derive(Default, Clone)]
pub struct Sources {
    /// The folder of `appsettings*.json`.
    pub directory: PathBuf,
    pub variables: Vec<(String, String)>,
    pub settings: Vec<(String, String)>,
    /// Settings above every other source.
    pub break_glass: Vec<(String, String)>,
    /// The problems found before anything was read.
    pub problems: Vec<Problem>,
}

impl Sources {
    /// The working directory, the process environment and the settings of the command line.
    pub fn of_process(arguments: &Arguments) -> Self {
        let mut sources = Self {
            directory: PathBuf::from("."),
            variables: Vec::new(),
            settings: arguments.settings.clone(),
            break_glass: arguments.break_glass.clone(),
            problems: arguments.problems.clone(),
        };
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => sources.variables.push((name, value)),
                Err(_) if unknown::is_ours(&name.replace("__", ":")) => {
                    sources.problems.push(Problem::new(name, "is not UTF-8 in the environment"));
                }
                Err(_) => {}
            }
        }
        sources
    }
}

/// The layers with the environment they are for, not yet read as types.
#[derive(Debug)]
pub struct Gathered {
    pub environment: Environment,
    pub layers: Layers,
    pub notices: Vec<Notice>,
    pub(super) watched: Watched,
    /// The addresses of the remote sources.
    locations: RemoteLocations,
    /// The problems that do not keep the layers from being put together.
    problems: Vec<Problem>,
    /// Remote sources that may answer in a moment; there is nothing wrong with the others.
    away: Vec<Problem>,
    /// Whether no source names the environment.
    unnamed: bool,
}

/// The settings of this machine's own sources for the time before the remote ones have answered.
#[derive(Debug, Clone)]
pub struct BeforeSources {
    pub environment: Environment,
    pub listen: Vec<SocketAddr>,
    pub tls: Option<TlsFiles>,
    pub logging: Logging,
    /// How long they are waited for.
    pub patience: Duration,
}

/// The configuration that the server runs with.
pub struct Configuration {
    pub settings: Settings,
    pub layers: Layers,
    /// To be logged once logging is up.
    pub notices: Vec<Notice>,
    pub(super) environment: Environment,
    pub(super) remote: RemoteLayers,
    pub(super) watched: Watched,
}

/// Values stay out of it.
impl std::fmt::Debug for Configuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Configuration");
        shown.field("settings", &self.settings).field("layers", &self.layers).finish_non_exhaustive()
    }
}

impl Configuration {
    /// Reads everything, remote sources too; fails with all that is wrong.
    pub async fn load(sources: &Sources, adapters: &Adapters) -> Result<Self, ConfigErrors> {
        let (gathered, remote) = Gathered::read(sources, adapters).await?;
        Self::of(gathered, remote, adapters)
    }

    /// Reads everything for a server that starts: remote sources are asked once, and the caller tries again when they are
    /// away.
    pub async fn load_once(sources: &Sources, adapters: &Adapters) -> Result<Self, NotLoaded> {
        let (gathered, remote) = Gathered::read_asking(sources, adapters, Asking::Once).await?;
        if !gathered.away.is_empty() {
            return Err(NotLoaded::Away(ConfigErrors(gathered.away, None)));
        }
        Ok(Self::of(gathered, remote, adapters)?)
    }

    fn of(mut gathered: Gathered, remote: RemoteLayers, adapters: &Adapters) -> Result<Self, ConfigErrors> {
        let settings = gathered.settings(&adapters.checks)?;
        let Gathered { environment, layers, notices, watched, .. } = gathered;
        Ok(Self { settings, layers, notices, environment, remote, watched })
    }
}

/// Why a server has no configuration yet.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// A remote source does not answer, which may be over in a moment.
    #[error("{0}")]
    Away(ConfigErrors),
    /// Something is wrong that waiting does not mend.
    #[error("{0}")]
    Wrong(#[from] ConfigErrors),
}

impl Gathered {
    /// Reads every source. One that cannot be read is reported by [`Gathered::settings`], so that the others can be
    /// looked at.
    pub async fn read(sources: &Sources, adapters: &Adapters) -> Result<(Self, RemoteLayers), ConfigErrors> {
        Self::read_asking(sources, adapters, Asking::AFewTimes).await
    }

    async fn read_asking(
        sources: &Sources,
        adapters: &Adapters,
        asking: Asking,
    ) -> Result<(Self, RemoteLayers), ConfigErrors> {
        let local = Local::read(sources)?;
        let (remote, found) = RemoteLayers::read(&local.locations, adapters, asking).await;
        let mut gathered = Self::merged(local, &remote);
        if found.may_pass {
            gathered.away.clone_from(&found.problems);
        }
        gathered.problems.splice(0..0, found.problems);
        Ok((gathered, remote))
    }

    /// Only what can be read without asking anybody.
    pub fn local(sources: &Sources) -> Result<Self, ConfigErrors> {
        Ok(Self::merged(Local::read(sources)?, &RemoteLayers::default()))
    }

    pub(super) fn merged(mut local: Local, remote: &RemoteLayers) -> Self {
        let (environment, unnamed) = (local.environment, local.unnamed);
        let locations = local.locations.clone();
        let watched = std::mem::take(&mut local.watched);
        let mut notices = std::mem::take(&mut local.notices);
        let (layers, problems) = local.merge(remote);
        notices.extend(unknown::notices(&layers));
        secrets::remember(show::secrets(&layers, environment).iter().map(String::as_str));
        Self { environment, layers, notices, watched, locations, problems, away: Vec::new(), unnamed }
    }

    /// The settings a server needs before its remote sources have answered; `None` where there is none to wait for.
    pub fn before_sources(&self) -> Option<BeforeSources> {
        if !self.locations.any() {
            return None;
        }
        let mut reader = Reader::new(&self.layers, self.environment);
        Some(BeforeSources {
            environment: self.environment,
            listen: settings::listen(&mut reader),
            tls: settings::tls(&mut reader),
            logging: settings::logging(&mut reader),
            patience: reader.seconds(&registry::STARTUP_SECONDS),
        })
    }

    /// Where a server with these settings listens, whatever else is wrong with them.
    pub fn listen(&self) -> Vec<SocketAddr> {
        settings::listen(&mut Reader::new(&self.layers, self.environment))
    }

    /// Where a server of this machine is asked in plain text whether it is well.
    pub fn probe_address(&self) -> Option<SocketAddr> {
        let mut reader = Reader::new(&self.layers, self.environment);
        match settings::tls(&mut reader) {
            None => self.listen().first().copied(),
            Some(_) => settings::admin(&mut reader).listen.first().copied(),
        }
    }

    /// Reads every key by its type; notices join those of the layers.
    pub fn settings(&mut self, checks: &ConnectionChecks) -> Result<Settings, ConfigErrors> {
        let mut reader = Reader::new(&self.layers, self.environment);
        let settings = Settings::read(&mut reader, checks, &self.locations);
        let (found, notices) = reader.finish();
        let mut problems = std::mem::take(&mut self.problems);
        problems.extend(placeholders(&self.layers));
        for problem in found {
            // A placeholder also reads as missing; it is reported once, as what it is.
            if problems.iter().all(|earlier: &Problem| earlier.key != problem.key) {
                problems.push(problem);
            }
        }
        if problems.is_empty() {
            self.notices.extend(notices);
            Ok(settings)
        } else {
            Err(ConfigErrors(problems, self.unnamed.then_some(TRY_IT)))
        }
    }
}

/// The text shown for a placeholder.
const PLACEHOLDER: &str = "[…]";

/// Markers that no layer replaced (B11): used as they are they would become passwords.
fn placeholders(layers: &Layers) -> Vec<Problem> {
    let reason = "is a placeholder that no source of secrets replaced";
    // Not shown: what looks like a placeholder may be a secret.
    let problem = |def: &KeyDef, key: String, value: &str, layer: &str| {
        def.is_placeholder(value).then(|| Problem::new(key, reason).given(PLACEHOLDER, layer))
    };
    let mut problems = Vec::new();
    for def in registry::ALL {
        if let Some(name) = def.group() {
            match group(layers, def) {
                Group::Members(members) => problems.extend(
                    members
                        .into_iter()
                        .filter_map(|(m, f)| problem(def, format!("{name}:{m}"), f.value, f.layer)),
                ),
                // Each counts by itself: where one is left out the next would take its place.
                Group::Aliases(given) => problems.extend(
                    given.into_iter().filter_map(|(k, g)| problem(def, k.to_owned(), &g.value, &g.layer)),
                ),
            }
        } else if let Some(section) = def.section() {
            let below = layers.descendants(section).into_iter();
            problems.extend(
                below.filter_map(|(rest, f)| problem(def, format!("{section}:{rest}"), f.value, f.layer)),
            );
        } else {
            problems.extend(
                resolve(layers, def).and_then(|g| problem(def, def.key.to_owned(), &g.value, &g.layer)),
            );
        }
    }
    problems.dedup();
    problems
}

#[cfg(test)]
pub(super) mod tests;
