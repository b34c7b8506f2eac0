//! The layers of this machine: JSON files, user-secrets, environment, command line, a file a secret, break-glass.

use std::io::Read;
use std::path::{Path, PathBuf};

use application::flat_json::without_extras;

use super::command_line;
use super::decode::decode;
use super::environment::{self, Environment, Named};
use super::error::{ConfigErrors, Notice, Problem};
use super::json;
use super::key_per_file;
use super::layers::{Layer, Layers};
use super::load::Sources;
use super::reader::resolve;
use super::registry as keys;
use super::remote::{KeyVaultLocation, RemoteLayers, RemoteLocations};

/// Variable that cargo sets for the programs it runs.
pub const CARGO_VARIABLE: &str = "CARGO_MANIFEST_DIR";
/// Names this program among a user's secrets.
const USER_SECRETS_ID: &str = "erp-api";
const USER_SECRETS_LAYER: &str = "user-secrets";
pub const BASE_FILE: &str = "appsettings.json";

/// The settings that were read without asking another service.
pub struct Local {
    pub environment: Environment,
    /// Whether no source names the environment, so that it is Production.
    pub unnamed: bool,
    /// Up to the command line, lowest first: where remote sources are located.
    pub lower: Layers,
    secrets: Option<Layer>,
    /// The directory that stands in for the vault.
    stand_in: Option<Layer>,
    break_glass: Layer,
    pub locations: RemoteLocations,
    pub notices: Vec<Notice>,
    /// The files and directories that were looked at, whether or not they exist.
    pub watched: Watched,
}

/// Files and directories whose change means that the local layers are to be read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    pub files: Vec<PathBuf>,
    pub directories: Vec<PathBuf>,
}

impl Local {
    /// Fails with everything that cannot be read.
    pub fn read(sources: &Sources) -> Result<Self, ConfigErrors> {
        let mut problems = sources.problems.clone();
        let (variables, mut notices) = environment::layer(&sources.variables);
        let command_line = command_line::layer(command_line::LAYER, &sources.settings);
        let break_glass = command_line::layer(command_line::BREAK_GLASS_LAYER, &sources.break_glass);
        let base = file_layer(&sources.directory.join(BASE_FILE), BASE_FILE, &mut problems);

        let mut named = names([&break_glass, &command_line, &variables].into_iter().chain(&base));
        let under_cargo = variables.contains(CARGO_VARIABLE);
        let (chosen, notice) = environment::decide(&named, under_cargo).map_err(|found| {
            problems.extend(found);
            ConfigErrors(std::mem::take(&mut problems), None)
        })?;
        notices.extend(notice);

        let unnamed = !under_cargo && named.iter().all(|given| given.name.trim().is_empty());
        let canonical = format!("appsettings.{chosen}.json");
        let (name, others) = spelt(&sources.directory, &canonical);
        notices.extend(others.into_iter().map(|other| {
            Notice::warning(format!("{other} is not read: {name} is the file of this environment."))
        }));
        let mut watched = Watched {
            files: vec![sources.directory.join(BASE_FILE), sources.directory.join(&canonical)],
            directories: Vec::new(),
        };
        if name != canonical {
            watched.files.push(sources.directory.join(&name));
        }
        let specific = file_layer(&sources.directory.join(&name), &name, &mut problems);
        let user_file = if chosen.is_development() { user_secrets(&variables) } else { None };
        let user = user_file.as_deref().and_then(|file| file_layer(file, USER_SECRETS_LAYER, &mut problems));
        watched.files.extend(user_file);
        named.push(Named { source: "the effective environment".to_owned(), name: chosen.to_string() });
        named.extend(names(specific.iter().chain(&user)));

        let mut lower = Layers::default();
        lower.push(environment::host_layer(&sources.variables));
        for layer in base.into_iter().chain(specific).chain(user).chain([variables, command_line]) {
            lower.push(layer);
        }
        let locations = RemoteLocations::read(&lower, chosen).unwrap_or_else(|found| {
            problems.extend(found);
            RemoteLocations { environment: chosen, key_vault: None, app_configuration: None, sentinel: None }
        });
        let secrets = secrets(&lower, &mut watched, &mut problems);
        let stand_in = stand_in(&locations, &mut watched, &mut problems);
        named.extend(names(secrets.iter().chain(&stand_in)));
        if let Err(found) = environment::decide(&named, under_cargo) {
            problems.extend(found);
        }
        notices.extend(break_glass_notice(&break_glass));
        if problems.is_empty() {
            Ok(Self {
                environment: chosen,
                unnamed,
                lower,
                secrets,
                stand_in,
                break_glass,
                locations,
                notices,
                watched,
            })
        } else {
            Err(ConfigErrors(problems, None))
        }
    }

    /// All layers in their order (GV10); fails when a remote one names another environment.
    pub fn merge(self, remote: &RemoteLayers) -> (Layers, Vec<Problem>) {
        let given = |remote: &Option<super::remote::Remote>| {
            remote.iter().flat_map(|remote| remote.layers.iter().map(Layer::of)).collect::<Vec<_>>()
        };
        let app_configuration = given(&remote.app_configuration);
        let key_vault = given(&remote.key_vault);
        let mut named = vec![Named {
            source: "the effective environment".to_owned(),
            name: self.environment.to_string(),
        }];
        named.extend(names(app_configuration.iter().chain(&key_vault)));
        let problems = environment::decide(&named, false).err().unwrap_or_default();
        let mut layers = self.lower;
        layers.begin_upper();
        let upper = app_configuration.into_iter().chain(self.secrets).chain(key_vault).chain(self.stand_in);
        for layer in upper.chain([self.break_glass]) {
            layers.push(layer);
        }
        (layers, problems)
    }
}

/// A file by its name in whatever case it is written, as on Windows, and others that differ from it in case only. The
/// canonical spelling counts first.
fn spelt(directory: &Path, canonical: &str) -> (String, Vec<String>) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.eq_ignore_ascii_case(canonical)).collect();
    names.sort_by_key(|name| (name != canonical, name.clone()));
    match names.is_empty() {
        true => (canonical.to_owned(), names),
        false => (names.remove(0), names),
    }
}

fn break_glass_notice(layer: &Layer) -> Option<Notice> {
    let keys: Vec<_> = layer.keys().collect();
    let text = format!("--break-glass overrides every other source for {}.", keys.join(", "));
    (!keys.is_empty()).then(|| Notice::warning(text))
}

/// Names given for the environment, in the order in which they decide.
fn names<'a>(layers: impl Iterator<Item = &'a Layer>) -> Vec<Named> {
    let layers: Vec<_> = layers.collect();
    let keys = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "Environment"];
    let pairs = keys.iter().flat_map(|key| layers.iter().map(move |layer| (key, layer)));
    let named = |(key, layer): (&&str, &&Layer)| {
        let name = layer.get(key)?.to_owned();
        Some(Named { source: format!("{key} in {}", layer.name()), name })
    };
    pairs.filter_map(named).collect()
}

/// Where .NET's tools keep the secrets of a developer, outside the repository.
fn user_secrets(variables: &Layer) -> Option<PathBuf> {
    let named =
        |variable: &str| variables.get(variable).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let root = named("APPDATA")
        .map(|folder| folder.join("Microsoft").join("UserSecrets"))
        .or_else(|| named("HOME").map(|folder| folder.join(".microsoft").join("usersecrets")))
        .or_else(|| named("DOTNET_USER_SECRETS_FALLBACK_DIR"))?;
    Some(root.join(USER_SECRETS_ID).join("secrets.json"))
}

fn secrets(lower: &Layers, watched: &mut Watched, problems: &mut Vec<Problem>) -> Option<Layer> {
    let def = &keys::SECRETS_DIRECTORY;
    let given = resolve(lower, def);
    let directory =
        PathBuf::from(given.as_ref().map_or(def.default.unwrap_or_default(), |given| &given.value));
    let layer = directory_layer(&directory, watched, problems);
    if let Some(given) = given.filter(|_| layer.is_none() && !directory.is_dir()) {
        problems.push(Problem::new(def.key, "is no directory").given(given.value, given.layer));
    }
    layer
}

fn stand_in(
    locations: &RemoteLocations,
    watched: &mut Watched,
    problems: &mut Vec<Problem>,
) -> Option<Layer> {
    let Some(KeyVaultLocation::Directory(directory)) = &locations.key_vault else { return None };
    let layer = directory_layer(directory, watched, problems);
    if layer.is_none() && !directory.is_dir() {
        let reason = format!("{} is no directory", directory.display());
        problems.push(Problem::new(keys::KEY_VAULT.key, reason));
    }
    layer
}

fn directory_layer(directory: &Path, watched: &mut Watched, problems: &mut Vec<Problem>) -> Option<Layer> {
    watched.directories.push(directory.to_owned());
    key_per_file::layer(directory).unwrap_or_else(|found| {
        problems.extend(found);
        None
    })
}

fn file_layer(path: &Path, name: &str, problems: &mut Vec<Problem>) -> Option<Layer> {
    let text = match read_text(path) {
        Ok(text) => text?,
        Err(reason) => {
            problems.push(Problem::new(name, reason));
            return None;
        }
    };
    json::layer(name, &text).map_err(|problem| problems.push(problem)).ok()
}

/// `None` when there is no such file.
fn read_text(path: &Path) -> Result<Option<String>, String> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    let mut bytes = Vec::new();
    let mut limited = file.take(json::FILE_BYTES_MAX + 1);
    let length = limited.read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if length as u64 > json::FILE_BYTES_MAX {
        return Err(format!("is larger than {} bytes", json::FILE_BYTES_MAX));
    }
    // Comments are often of an older encoding than the rest.
    let lossy = |text: String| {
        let outside_comments = without_extras(&text).contains(char::REPLACEMENT_CHARACTER);
        if outside_comments { Err("is not UTF-8 (outside its comments)".to_owned()) } else { Ok(text) }
    };
    decode(&bytes).or_else(lossy).map(Some)
}
