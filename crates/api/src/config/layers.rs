//! Named layers of flat keys. Later layers win; a key is compared without regard to case.

use std::collections::BTreeMap;
use std::fmt;

use application::ports::configuration::SettingsLayer;

/// Whether every key of a layer is meant for this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A file or command line of ours: any unknown key is worth a warning.
    Own,
    /// Shared with other programs, such as the process environment.
    Shared,
}

struct Entry {
    key: String,
    value: Option<String>,
}

/// One source of settings.
pub struct Layer {
    name: String,
    scope: Scope,
    entries: BTreeMap<String, Entry>,
}

impl Layer {
    /// `name` is what messages and `config show` call the source.
    pub fn new(name: impl Into<String>, scope: Scope) -> Self {
        Self { name: name.into(), scope, entries: BTreeMap::new() }
    }

    /// The layer of a remote source.
    pub fn of(remote: &SettingsLayer) -> Self {
        let mut layer = Self::new(&remote.name, Scope::Own);
        for (key, value) in &remote.values {
            layer.set(key, Some(value.expose().to_owned()));
        }
        layer
    }

    /// Sets a key; `None` (a JSON `null`) is known but leaves lower layers in force. False when it was set already.
    pub fn set(&mut self, key: &str, value: Option<String>) -> bool {
        let entry = Entry { key: key.to_owned(), value };
        self.entries.insert(key.to_lowercase(), entry).is_none()
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.get(&key.to_lowercase())?.value.as_deref()
    }

    pub fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(&key.to_lowercase())
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The keys as written, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.values().map(|entry| entry.key.as_str())
    }
}

/// Values stay out of it: a layer may hold secrets.
impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("name", &self.name).field("keys", &self.entries.len()).finish()
    }
}

/// A value that won, and where it comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    pub value: &'a str,
    pub layer: &'a str,
}

/// The value stays out of it: it may be a secret.
impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("layer", &self.layer).finish_non_exhaustive()
    }
}

/// All layers, lowest first.
#[derive(Debug, Default)]
pub struct Layers {
    all: Vec<Layer>,
    /// Where the layers begin that are found through the ones before.
    upper: Option<usize>,
}

impl Layers {
    pub fn push(&mut self, layer: Layer) {
        self.all.push(layer);
    }

    /// What is pushed from now on was found through the layers before.
    pub fn begin_upper(&mut self) {
        self.upper = Some(self.all.len());
    }

    /// Whether this is the name of a layer found through others.
    pub fn is_upper(&self, name: &str) -> bool {
        let upper = self.upper.map_or(&[][..], |begin| &self.all[begin..]);
        upper.iter().any(|layer| layer.name == name)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Layer> {
        self.all.iter()
    }

    /// The winning value of a key.
    pub fn get(&self, key: &str) -> Option<Found<'_>> {
        let key = key.to_lowercase();
        self.all.iter().rev().find_map(|layer| {
            let value = layer.entries.get(&key)?.value.as_deref()?;
            Some(Found { value, layer: &layer.name })
        })
    }

    /// Everything below `parent`, at any depth, as (rest of the key as the winning layer writes it, winner).
    pub fn descendants(&self, parent: &str) -> Vec<(String, Found<'_>)> {
        let prefix = format!("{}:", parent.to_lowercase());
        let mut winners: BTreeMap<&str, (String, Found<'_>)> = BTreeMap::new();
        for layer in self.all.iter().rev() {
            for (lower, entry) in &layer.entries {
                let (Some(rest), Some(value)) = (lower.strip_prefix(&prefix), &entry.value) else { continue };
                // Lower case may be longer in bytes; then the key has no spelling of its own worth keeping.
                let spelt = entry.key.get(prefix.len()..).unwrap_or(rest);
                let found = Found { value, layer: &layer.name };
                winners.entry(rest).or_insert_with(|| (spelt.to_owned(), found));
            }
        }
        winners.into_values().collect()
    }

    /// The direct children of `parent` that have a value, as (last segment, winner): numbers first and in their
    /// order, so that arrays of several layers merge by index.
    pub fn children(&self, parent: &str) -> Vec<(String, Found<'_>)> {
        let prefix = format!("{}:", parent.to_lowercase());
        let mut names: BTreeMap<(u64, String), String> = BTreeMap::new();
        for entry in self.all.iter().rev().flat_map(|layer| layer.entries.values()) {
            let Some(rest) = entry.key.get(prefix.len()..) else { continue };
            if entry.key.to_lowercase().starts_with(&prefix) && !rest.contains(':') && entry.value.is_some() {
                let order = rest.parse().unwrap_or(u64::MAX);
                names.entry((order, rest.to_lowercase())).or_insert_with(|| rest.to_owned());
            }
        }
        let found = |name: String| self.get(&format!("{prefix}{name}")).map(|found| (name, found));
        names.into_values().filter_map(found).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layer(name: &str, pairs: &[(&str, &str)]) -> Layer {
        let mut layer = Layer::new(name, Scope::Own);
        for (key, value) in pairs {
            layer.set(key, Some((*value).to_owned()));
        }
        layer
    }

    #[test]
    fn arrays_merge_by_index() {
        let mut layers = Layers::default();
        layers.push(layer("base", &[("A:0", "a"), ("A:1", "b"), ("A:10", "k"), ("a:2", "c")]));
        layers.push(layer("over", &[("a:0", "x")]));
        let values: Vec<_> = layers.children("A").into_iter().map(|(_, found)| found.value).collect();
        assert_eq!(values, ["x", "b", "c", "k"]);
    }

    #[test]
    fn a_section_keeps_the_spelling_of_the_winner() {
        let mut layers = Layers::default();
        layers.push(layer(
            "base",
            &[("Flags:Beta", "1"), ("flags:New:0:Name", "2"), ("Flag:X", "3"), ("Flags", "4")],
        ));
        layers.push(layer("over", &[("FLAGS:BETA", "5")]));
        let found: Vec<_> =
            layers.descendants("Flags").into_iter().map(|(rest, f)| (rest, f.value)).collect();
        assert_eq!(found, [("BETA".to_owned(), "5"), ("New:0:Name".to_owned(), "2")]);
    }

    #[test]
    fn null_leaves_the_lower_layer_in_force() {
        let mut layers = Layers::default();
        layers.push(layer("base", &[("Seq:ServerUrl", "http://seq")]));
        let mut upper = Layer::new("upper", Scope::Own);
        upper.set("seq:serverurl", None);
        layers.push(upper);
        assert_eq!(layers.get("SEQ:ServerUrl").map(|f| (f.value, f.layer)), Some(("http://seq", "base")));
    }

    proptest! {
        /// GV10 for whatever layers exist: the highest that has the key wins.
        #[test]
        fn the_highest_layer_with_the_key_wins(has in proptest::collection::vec(any::<bool>(), 1..10)) {
            let mut layers = Layers::default();
            for (index, present) in has.iter().enumerate() {
                let value = index.to_string();
                let pairs: &[(&str, &str)] = if *present { &[("K:Sub", &value)] } else { &[] };
                layers.push(layer(&format!("layer {index}"), pairs));
            }
            let expected = has.iter().rposition(|present| *present).map(|index| index.to_string());
            prop_assert_eq!(layers.get("k:SUB").map(|found| found.value.to_owned()), expected);
        }
    }
}
