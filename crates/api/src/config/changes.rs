//! The differences between two readings of the configuration.

use std::collections::BTreeSet;

use super::layers::Layers;
use super::reader::{Group, group, resolve};
use super::registry::{self, KeyDef, Reload};

/// The known keys whose values differ, whatever source they come from now.
pub fn between(old: &Layers, new: &Layers) -> Vec<&'static KeyDef> {
    registry::ALL.iter().copied().filter(|def| values(old, def) != values(new, def)).collect()
}

/// Names of those whose change does what `reload` says.
pub fn names(changed: &[&'static KeyDef], reload: Reload) -> BTreeSet<&'static str> {
    changed.iter().filter(|def| def.reload == reload).map(|def| def.key).collect()
}

/// Everything that is set for a key, with names where it has several.
fn values(layers: &Layers, def: &KeyDef) -> Vec<(String, String)> {
    if let Some(section) = def.section() {
        let below = layers.descendants(section).into_iter();
        return below.map(|(rest, found)| (rest, found.value.to_owned())).collect();
    }
    if def.group().is_some() {
        return match group(layers, def) {
            Group::Members(members) => {
                members.into_iter().map(|(name, found)| (name, found.value.to_owned())).collect()
            }
            Group::Aliases(given) => {
                given.into_iter().map(|(key, given)| (key.to_owned(), given.value)).collect()
            }
        };
    }
    resolve(layers, def).map(|given| (String::new(), given.value)).into_iter().collect()
}

/// As a log line has them.
pub fn listed(names: &BTreeSet<&'static str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layer, Scope};

    fn layers(pairs: &[(&str, &str)]) -> Layers {
        let mut layer = Layer::new("file", Scope::Own);
        for (key, value) in pairs {
            layer.set(key, Some((*value).to_owned()));
        }
        let mut layers = Layers::default();
        layers.push(layer);
        layers
    }

    #[test]
    fn values_count_and_names_do_not() {
        let old = layers(&[
            ("Services:BlobStorage", "file://a"),
            ("jwt-key", "one"),
            ("FeatureManagement:Beta", "true"),
            ("Limits:BodyBytes", "1"),
            ("Serilog:MinimumLevel:Override:A", "Debug"),
            ("Other", "1"),
        ]);
        let new = layers(&[
            ("AzureStorage:ConnectionString", "file://a"),
            ("jwt-key", "one"),
            ("jwt-key-next", "two"),
            ("FeatureManagement:Beta:EnabledFor:0:Name", "x"),
            ("Limits:BodyBytes", "2"),
            ("Serilog:MinimumLevel:Override:A", "Warning"),
            ("Other", "2"),
        ]);
        let changed = between(&old, &new);
        let live = ["Auth:SigningKeys:*", "FeatureManagement:**", "Serilog:MinimumLevel:Override:*"];
        assert_eq!(names(&changed, Reload::Live), live.into());
        assert_eq!(names(&changed, Reload::Restart), ["Limits:BodyBytes"].into());
        assert!(names(&changed, Reload::Rebuild).is_empty());
    }
}
