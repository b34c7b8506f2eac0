//! `erp-api config show`: every key with its value and where that comes from (B17).

use super::load::Gathered;
use super::reader::{DEFAULT_LAYER, resolve};
use super::registry::{self, KeyDef};
use super::unknown;
use super::values::{is_placeholder, shown};

impl Gathered {
    /// One line a key, `key=value (source)`, in the order of the reference, then the unknown keys. With `redact`,
    /// secrets and the values of unknown keys, which may be secrets, are `***`.
    pub fn show(&self, redact: bool) -> String {
        let mut lines = Vec::new();
        for def in registry::ALL {
            self.show_key(def, redact, &mut lines);
        }
        for (key, layer) in unknown::keys(&self.layers) {
            if let Some(found) = self.layers.get(&key).filter(|found| found.layer == layer) {
                lines.push(format!("{key}={} ({layer}, unknown)", shown(found.value, redact)));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn show_key(&self, def: &'static KeyDef, redact: bool, lines: &mut Vec<String>) {
        // A placeholder is no secret, and seeing it is why somebody looks here.
        let value = |text: &str| shown(text, redact && def.secret && !is_placeholder(text));
        if std::ptr::eq(def, &registry::ENVIRONMENT) {
            let layer =
                resolve(&self.layers, def).map_or_else(|| DEFAULT_LAYER.to_owned(), |given| given.layer);
            lines.push(format!("{}={} ({layer})", def.key, self.environment));
            return;
        }
        let members = def.group().map(|group| self.layers.children(group)).unwrap_or_default();
        for (name, found) in &members {
            let group = def.group().unwrap_or(def.key);
            lines.push(format!("{group}:{name}={} ({})", value(found.value), found.layer));
        }
        if !members.is_empty() {
            return;
        }
        let default = def.default_in(self.environment.is_development());
        lines.push(match (resolve(&self.layers, def), default) {
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

    #[test]
    fn values_show_their_source_and_secrets_do_not_show() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let sources = Sources {
            directory: "/nonexistent".into(),
            variables: vec![
                pair("ASPNETCORE_ENVIRONMENT", "staging"),
                pair("ConnectionStrings__Redis", "r:1,password=sentinel"),
                pair("Auth__SigningKeys__0", "sentinel-key"),
                pair("Auth__Passwort", "sentinel"),
            ],
            settings: vec![pair("Limits:BodyBytes", "5000")],
            problems: Vec::new(),
        };
        let gathered = Gathered::read(&sources).unwrap();
        let text = gathered.show(true);
        for line in [
            "Environment=Staging (environment)",
            "Urls=http://0.0.0.0:8080 (default)",
            "ConnectionStrings:Redis=*** (environment)",
            "Auth:SigningKeys:0=*** (environment)",
            "Limits:BodyBytes=5000 (command line)",
            "Seq:ServerUrl= (not set)",
            "Auth:Passwort=*** (environment, unknown)",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
        }
        assert!(!text.contains("sentinel"));
        assert!(gathered.show(false).contains("password=sentinel"));
    }
}
