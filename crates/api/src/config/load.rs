//! From sources to settings.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::command_line::{self, Arguments};
use super::environment::{self, Environment, Named};
use super::error::{ConfigErrors, Notice, Problem};
use super::json;
use super::layers::{Layer, Layers};
use super::reader::{Reader, resolve};
use super::registry;
use super::settings::Settings;
use super::unknown;
use super::values::is_placeholder;

/// Variable that cargo sets for the programs it runs.
const CARGO_VARIABLE: &str = "CARGO_MANIFEST_DIR";

/// Everything configuration is made of; tests fill it by hand.
#[derive(Default)]
pub struct Sources {
    /// Where `appsettings*.json` are looked for.
    pub directory: PathBuf,
    pub variables: Vec<(String, String)>,
    pub settings: Vec<(String, String)>,
    /// What was wrong before anything was read.
    pub problems: Vec<Problem>,
}

impl Sources {
    /// The working directory, the process environment and the settings of the command line.
    pub fn of_process(arguments: &Arguments) -> Self {
        let mut sources = Self {
            directory: PathBuf::from("."),
            variables: Vec::new(),
            settings: arguments.settings.clone(),
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
}

/// What the server runs with.
#[derive(Debug)]
pub struct Configuration {
    pub settings: Settings,
    pub layers: Layers,
    /// To be logged once logging is up.
    pub notices: Vec<Notice>,
}

impl Configuration {
    /// Reads everything; fails with all that is wrong.
    pub fn load(sources: &Sources) -> Result<Self, ConfigErrors> {
        let mut gathered = Gathered::read(sources)?;
        let settings = gathered.settings()?;
        Ok(Self { settings, layers: gathered.layers, notices: gathered.notices })
    }
}

impl Gathered {
    pub fn read(sources: &Sources) -> Result<Self, ConfigErrors> {
        let mut problems = sources.problems.clone();
        let (variables, mut notices) = environment::layer(&sources.variables);
        let command_line = command_line::layer(&sources.settings);
        let base = file_layer(&sources.directory, "appsettings.json", &mut problems);

        let mut named = names([&command_line, &variables].into_iter().chain(&base));
        let under_cargo = variables.contains(CARGO_VARIABLE);
        let (chosen, notice) = environment::decide(&named, under_cargo).map_err(|found| {
            problems.extend(found);
            ConfigErrors(std::mem::take(&mut problems))
        })?;
        notices.extend(notice);

        let name = format!("appsettings.{chosen}.json");
        let specific = file_layer(&sources.directory, &name, &mut problems);
        named.push(Named { source: "the effective environment".to_owned(), name: chosen.to_string() });
        named.extend(names(specific.iter()));
        if let Err(found) = environment::decide(&named, under_cargo) {
            problems.extend(found);
        }

        let mut layers = Layers::default();
        for layer in base.into_iter().chain(specific).chain([variables, command_line]) {
            layers.push(layer);
        }
        notices.extend(unknown::notices(&layers));
        if problems.is_empty() {
            Ok(Self { environment: chosen, layers, notices })
        } else {
            Err(ConfigErrors(problems))
        }
    }

    /// Reads every key by its type; notices join those of the layers.
    pub fn settings(&mut self) -> Result<Settings, ConfigErrors> {
        let mut reader = Reader::new(&self.layers, self.environment);
        let settings = Settings::read(&mut reader);
        let (found, notices) = reader.finish();
        let mut problems = placeholders(&self.layers);
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
            Err(ConfigErrors(problems))
        }
    }
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

fn file_layer(directory: &Path, name: &str, problems: &mut Vec<Problem>) -> Option<Layer> {
    let text = match read_text(&directory.join(name)) {
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
    let mut text = String::new();
    let mut limited = file.take(json::FILE_BYTES_MAX + 1);
    let length = limited.read_to_string(&mut text).map_err(|error| format!("cannot be read: {error}"))?;
    if length as u64 > json::FILE_BYTES_MAX {
        return Err(format!("is larger than {} bytes", json::FILE_BYTES_MAX));
    }
    Ok(Some(text))
}

/// Markers that no layer replaced (B11): used as they are they would become passwords.
fn placeholders(layers: &Layers) -> Vec<Problem> {
    let reason = "is a placeholder that no source of secrets replaced";
    let problem = |key: String, value: &str, layer: &str| {
        is_placeholder(value).then(|| Problem::new(key, reason).given(value, layer))
    };
    let mut problems = Vec::new();
    for def in registry::ALL {
        if let Some(group) = def.group() {
            let members = layers.children(group).into_iter();
            problems
                .extend(members.filter_map(|(name, f)| problem(format!("{group}:{name}"), f.value, f.layer)));
        }
        problems.extend(resolve(layers, def).and_then(|g| problem(def.key.to_owned(), &g.value, &g.layer)));
    }
    let unknown = unknown::keys(layers).into_iter();
    problems.extend(unknown.filter_map(|(key, _)| {
        let found = layers.get(&key)?;
        problem(key, found.value, found.layer)
    }));
    problems.dedup();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Severity, Template};

    const PRODUCTION: &str = r#"{
        "Environment": "Production",
        "ConnectionStrings": { "DefaultConnection": "[Retrieved from Key Vault]", "Redis": "[Retrieved from Key Vault]" },
        "Services": {
            "BlobStorage": "[Retrieved from Key Vault]",
            "KeyVault": "https://erp-prod-kv.vault.azure.net/",
            "AppInsights": "[Retrieved from Key Vault]"
        }
    }"#;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn load(
        files: &[(&str, &str)],
        variables: &[(&str, &str)],
        settings: &[(&str, &str)],
    ) -> Result<Configuration, ConfigErrors> {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        Configuration::load(&Sources {
            directory: directory.path().to_owned(),
            variables: pairs(variables),
            settings: pairs(settings),
            problems: Vec::new(),
        })
    }

    #[test]
    fn layers_win_in_order() {
        let base = (
            "appsettings.json",
            r#"{"Limits":{"BodyBytes":2001,"BatchOperations":1,"ConcurrentRequests":1,"EventStreams":1}}"#,
        );
        let development = (
            "appsettings.Development.json",
            r#"{"limits":{"batchOperations":2,"concurrentRequests":2,"eventStreams":2}}"#,
        );
        let variables = [
            ("DOTNET_ENVIRONMENT", "development"),
            ("Limits__ConcurrentRequests", "3"),
            ("LIMITS__EVENTSTREAMS", "3"),
        ];
        let loaded = load(&[base, development], &variables, &[("Limits:EventStreams", "4")]).unwrap();
        let limits = &loaded.settings.limits;
        assert_eq!(
            (limits.body_bytes, limits.batch_operations, limits.concurrent_requests, limits.event_streams),
            (2001, 2, 3, 4)
        );
    }

    #[test]
    fn a_fresh_clone_under_cargo_runs_in_development() {
        let loaded = load(&[], &[(CARGO_VARIABLE, "/x")], &[]).unwrap();
        assert_eq!(loaded.settings.environment, Environment::Development);
        assert_eq!(loaded.settings.listen[0].to_string(), "127.0.0.1:8080");
        assert_eq!(loaded.settings.database.file, Path::new("data/erp.db"));
        assert_eq!(loaded.settings.bootstrap.template, Template::SaStandard);
        assert!(
            loaded.notices.iter().all(|notice| notice.severity == Severity::Information),
            "{:?}",
            loaded.notices
        );
    }

    #[test]
    fn production_names_everything_that_is_missing() {
        let errors =
            load(&[], &[], &[("Limits:BodyBytes", "big"), ("Bootstrap:Currency", "riyal")]).unwrap_err();
        let text = errors.to_string();
        for part in [
            "4 errors",
            "ConnectionStrings:DefaultConnection: is required in Production",
            "Auth:SigningKeys:0: is required in Production",
            "Limits:BodyBytes = 'big' (from command line): expected a whole number of bytes from 1024 to 67108864",
            "Bootstrap:Currency = 'riyal'",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn production_starts_on_the_embedded_engine_when_told_so() {
        let key = "k".repeat(32);
        let settings = [
            ("ConnectionStrings:DefaultConnection", "Provider=Sqlite;Data Source=/srv/erp.db"),
            ("jwt-key", key.as_str()),
        ];
        let loaded = load(&[], &[("SQLCONNSTR_X", "y")], &settings).unwrap();
        assert_eq!(loaded.settings.listen[0].to_string(), "0.0.0.0:8080");
        assert_eq!(loaded.settings.auth.signing_keys[0].expose(), key);
        assert!(!format!("{loaded:?}").contains(&key));
        assert!(
            loaded.notices.iter().any(|n| n.text.contains("embedded engine in Production")),
            "{:?}",
            loaded.notices
        );
        let empty = loaded.settings.bootstrap.check_for_empty_database(Environment::Production).unwrap_err();
        assert_eq!(empty.0.len(), 2);
    }

    #[test]
    fn surviving_placeholders_are_all_listed() {
        let errors = load(&[("appsettings.Production.json", PRODUCTION)], &[], &[]).unwrap_err();
        let listed: Vec<_> =
            errors.0.iter().filter(|p| p.reason.contains("placeholder")).map(|p| p.key.as_str()).collect();
        let expected = [
            "ConnectionStrings:DefaultConnection",
            "ConnectionStrings:Redis",
            "AzureStorage:ConnectionString",
            "ApplicationInsights:ConnectionString",
        ];
        assert_eq!(listed, expected);
    }

    #[test]
    fn a_replaced_placeholder_is_gone() {
        let variables = [("ConnectionStrings__Redis", "memory://")];
        let errors = load(&[("appsettings.Production.json", PRODUCTION)], &variables, &[]).unwrap_err();
        assert!(errors.0.iter().all(|problem| problem.key != "ConnectionStrings:Redis"), "{errors}");
    }

    #[test]
    fn contradicting_environments_refuse() {
        let files = [("appsettings.Staging.json", r#"{"Environment":"Production"}"#)];
        let errors = load(&files, &[("ASPNETCORE_ENVIRONMENT", "Staging")], &[]).unwrap_err();
        assert!(errors.to_string().contains("contradicts 'Staging'"), "{errors}");
        let both = [("ASPNETCORE_ENVIRONMENT", "Staging"), ("DOTNET_ENVIRONMENT", "Production")];
        assert!(load(&[], &both, &[]).is_err());
    }

    #[test]
    fn services_without_an_adapter_are_refused_without_showing_secrets() {
        let settings =
            [("ConnectionStrings:Redis", "localhost:6379,password=hush"), ("Environment", "Development")];
        let text = load(&[], &[], &settings).unwrap_err().to_string();
        assert!(
            text.contains("ConnectionStrings:Redis = '***' (from command line)") && !text.contains("hush"),
            "{text}"
        );
        let explicit = [("ConnectionStrings:Redis", "memory://"), ("Environment", "Development")];
        assert!(load(&[], &[], &explicit).is_ok());
    }

    const DEVELOPMENT: &str = r#"{
        "Environment": "Development",
        "ConnectionStrings": {
            "DefaultConnection": "Server=localhost;Database=ErpDev;User Id=sa;Password=hush;TrustServerCertificate=true;",
            "Redis": "localhost:6379"
        },
        "Services": { "BlobStorage": "UseDevelopmentStorage=true", "KeyVault": null, "AppInsights": null }
    }"#;

    #[test]
    fn cloud_settings_are_understood_and_each_missing_adapter_is_named() {
        let variables = [("ASPNETCORE_ENVIRONMENT", "Development")];
        let errors = load(&[("appsettings.Development.json", DEVELOPMENT)], &variables, &[]).unwrap_err();
        let keys: Vec<_> = errors.0.iter().map(|problem| problem.key.as_str()).collect();
        let expected = ["ConnectionStrings:DefaultConnection", "ConnectionStrings:Redis"];
        assert_eq!(keys, expected);
        assert!(!errors.to_string().contains("hush"), "{errors}");
    }

    #[test]
    fn old_names_work_and_draw_one_warning() {
        let file = (
            "appsettings.json",
            r#"{"Environment":"Development","Services":{"BlobStorage":"file://data","KeyVault":null}}"#,
        );
        let loaded = load(&[file], &[], &[]).unwrap();
        let warnings: Vec<_> = loaded.notices.iter().filter(|n| n.severity == Severity::Warning).collect();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].text.contains("set AzureStorage:ConnectionString instead"));
    }
}
