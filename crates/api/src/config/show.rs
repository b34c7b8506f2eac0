//! `erp-api config show`: every key with its value and where that comes from (B17). Secrets never show.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use super::environment::Environment;
use super::layers::Layers;
use super::load::Gathered;
use super::reader::{DEFAULT_LAYER, resolve};
use super::registry::{self, KeyDef};
use super::unknown;
use super::values::shown;

/// One configuration key with its value and source. Secrets, and the values of unknown keys, which may be secrets, are
/// shown as `***`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShownSetting {
    #[schema(example = "Limits:BodyBytes")]
    pub key: String,
    /// The value; null where nothing is set and there is no default.
    pub value: Option<String>,
    /// The source of the value, such as `environment`, `command line` or the name of a file; null where nothing is set.
    pub source: Option<String>,
    /// Whether the key is used: `used`; `unused`, because another key is set instead; or `unknown`, because the server
    /// has no such setting.
    pub state: SettingState,
}

/// Whether the server uses a key that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SettingState {
    Used,
    Unused,
    Unknown,
}

impl fmt::Display for ShownSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, source, state } = self;
        let (Some(value), Some(source)) = (value, source) else { return write!(f, "{key}= (not set)") };
        let state = match state {
            SettingState::Used => "",
            SettingState::Unused => ", not used",
            SettingState::Unknown => ", unknown",
        };
        write!(f, "{key}={value} ({source}{state})")
    }
}

impl Gathered {
    /// One line a key, in the order of the reference, then the unknown keys.
    pub fn show(&self) -> String {
        show(&self.layers, self.environment)
    }
}

/// The lines for layers that were read before.
pub(super) fn show(layers: &Layers, environment: Environment) -> String {
    settings(layers, environment).iter().map(|setting| format!("{setting}\n")).collect()
}

/// Every key.
pub(super) fn settings(layers: &Layers, environment: Environment) -> Vec<ShownSetting> {
    listed(layers, environment).settings
}

/// The values that are not shown.
pub(super) fn secrets(layers: &Layers, environment: Environment) -> Vec<String> {
    listed(layers, environment).secrets
}

fn listed(layers: &Layers, environment: Environment) -> Listing<'_> {
    let mut listing = Listing { layers, environment, settings: Vec::new(), secrets: Vec::new() };
    for def in registry::ALL {
        listing.add_key(def);
    }
    for (key, layer) in unknown::keys(layers) {
        if let Some(found) = layers.get(&key).filter(|found| found.layer == layer) {
            listing.add(key, (found.value, true), layer, SettingState::Unknown);
        }
    }
    listing
}

struct Listing<'a> {
    layers: &'a Layers,
    environment: Environment,
    settings: Vec<ShownSetting>,
    secrets: Vec<String>,
}

impl Listing<'_> {
    fn add(&mut self, key: String, (value, secret): (&str, bool), source: &str, state: SettingState) {
        let text = shown(value, secret);
        if text != value {
            self.secrets.push(value.to_owned());
        }
        let (value, source) = (Some(text), Some(source.to_owned()));
        self.settings.push(ShownSetting { key, value, source, state });
    }

    fn add_key(&mut self, def: &'static KeyDef) {
        let layers = self.layers;
        let key = def.key.to_owned();
        if std::ptr::eq(def, &registry::ENVIRONMENT) {
            let given = resolve(layers, def);
            let layer = given.as_ref().map_or(DEFAULT_LAYER, |given| given.layer.as_str());
            return self.add(key, (self.environment.name(), false), layer, SettingState::Used);
        }
        let before = self.settings.len();
        if let Some(section) = def.section() {
            for (rest, found) in layers.descendants(section) {
                let key = format!("{section}:{rest}");
                self.add(key, (found.value, def.secret), found.layer, SettingState::Used);
            }
        }
        if let Some(group) = def.group() {
            for (name, found) in layers.children(group) {
                let key = format!("{group}:{name}");
                self.add(key, (found.value, def.secret), found.layer, SettingState::Used);
            }
            let state = if self.settings.len() > before { SettingState::Unused } else { SettingState::Used };
            for alias in def.aliases {
                if let Some(found) = layers.get(alias.key) {
                    self.add(alias.key.to_owned(), (found.value, def.secret), found.layer, state);
                }
            }
        }
        if self.settings.len() > before {
            return;
        }
        match (resolve(layers, def), def.default_in(self.environment.is_development())) {
            (Some(given), _) => self.add(key, (&given.value, def.secret), &given.layer, SettingState::Used),
            (None, Some(default)) => self.add(key, (default, false), DEFAULT_LAYER, SettingState::Used),
            (None, None) => {
                let state = SettingState::Used;
                self.settings.push(ShownSetting { key, value: None, source: None, state });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    /// Proves: B8, B17, X03.
    #[test]
    fn values_show_their_source_and_secrets_do_not_show() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let sources = Sources {
            directory: "/nonexistent".into(),
            variables: vec![
                pair("ASPNETCORE_ENVIRONMENT", "staging"),
                pair("ConnectionStrings__Redis", "r:1,password=sentinel"),
                pair("Auth__SigningKeys__0", "sentinel-key"),
                pair("jwt-key", "[sentinel]"),
                pair("Auth__Passwort", "sentinel"),
                pair("FeatureManagement__Beta", "true"),
                pair("Seq__ServerUrl", "https://u:sentinel@seq"),
            ],
            settings: vec![pair("Limits:BodyBytes", "5000")],
            break_glass: vec![pair("Cache:MemoryBytes", "2000000")],
            problems: Vec::new(),
        };
        let text = Gathered::local(&sources).unwrap().show();
        for line in [
            "Environment=Staging (environment)",
            "Urls=http://*:8080 (default)",
            "ConnectionStrings:Redis=*** (environment)",
            "Auth:SigningKeys:0=*** (environment)",
            "jwt-key=*** (environment, not used)",
            "Limits:BodyBytes=5000 (command line)",
            "Cache:MemoryBytes=2000000 (--break-glass)",
            "FeatureManagement:Beta=true (environment)",
            "Seq:ServerUrl=*** (environment)",
            "Seq:ApiKey= (not set)",
            "Auth:Passwort=*** (environment, unknown)",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
        }
        assert!(!text.contains("sentinel"));
    }
}
