//! `erp-api config show`: every key with its value and where that comes from (B17). Secrets never show.

use super::environment::Environment;
use super::layers::Layers;
use super::load::Gathered;
use super::reader::{DEFAULT_LAYER, resolve};
use super::registry::{self, KeyDef};
use super::unknown;
use super::values::shown;

impl Gathered {
    /// One line a key, `key=value (source)`, in the order of the reference, then the unknown keys. Secrets and the
    /// values of unknown keys, which may be secrets, are `***`.
    pub fn show(&self) -> String {
        show(&self.layers, self.environment)
    }
}

/// The same for layers that were read before.
pub(super) fn show(layers: &Layers, environment: Environment) -> String {
    let shown_layers = Shown { layers, environment };
    let mut lines = Vec::new();
    for def in registry::ALL {
        shown_layers.show_key(def, &mut lines);
    }
    for (key, layer) in unknown::keys(layers) {
        if let Some(found) = layers.get(&key).filter(|found| found.layer == layer) {
            lines.push(format!("{key}={} ({layer}, unknown)", shown(found.value, true)));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

struct Shown<'a> {
    layers: &'a Layers,
    environment: Environment,
}

impl Shown<'_> {
    fn show_key(&self, def: &'static KeyDef, lines: &mut Vec<String>) {
        let value = |text: &str| shown(text, def.secret);
        if std::ptr::eq(def, &registry::ENVIRONMENT) {
            let layer =
                resolve(self.layers, def).map_or_else(|| DEFAULT_LAYER.to_owned(), |given| given.layer);
            lines.push(format!("{}={} ({layer})", def.key, self.environment));
            return;
        }
        let before = lines.len();
        if let Some(section) = def.section() {
            for (rest, found) in self.layers.descendants(section) {
                lines.push(format!("{section}:{rest}={} ({})", value(found.value), found.layer));
            }
        }
        if let Some(group) = def.group() {
            for (name, found) in self.layers.children(group) {
                lines.push(format!("{group}:{name}={} ({})", value(found.value), found.layer));
            }
            let unused = if lines.len() > before { ", not used" } else { "" };
            for alias in def.aliases {
                if let Some(found) = self.layers.get(alias.key) {
                    lines.push(format!("{}={} ({}{unused})", alias.key, value(found.value), found.layer));
                }
            }
        }
        if lines.len() > before {
            return;
        }
        let default = def.default_in(self.environment.is_development());
        lines.push(match (resolve(self.layers, def), default) {
            (Some(given), _) => format!("{}={} ({})", def.key, value(&given.value), given.layer),
            (None, Some(default)) => format!("{}={default} ({DEFAULT_LAYER})", def.key),
            (None, None) => format!("{}= (not set)", def.key),
        });
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
