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

    /// Sets a key; `None` (a JSON `null`) takes away what lower layers say. False when it was set already.
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
    /// The place of the layer among all of them, from the lowest.
    pub height: usize,
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

    /// Layers pushed from now on were found through the layers before.
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

    /// The winning value of a key. A blank value says nothing, so the layer below is asked; a JSON `null` says that
    /// there is none.
    pub fn get(&self, key: &str) -> Option<Found<'_>> {
        let key = key.to_lowercase();
        for (height, layer) in self.all.iter().enumerate().rev() {
            match layer.entries.get(&key).map(|entry| entry.value.as_deref()) {
                None => {}
                Some(None) => return None,
                Some(Some(value)) if value.trim().is_empty() => {}
                Some(Some(value)) => return Some(Found { value, layer: &layer.name, height }),
            }
        }
        None
    }

    /// Everything below `parent`, at any depth, as (rest of the key as the winning layer writes it, winner).
    pub fn descendants(&self, parent: &str) -> Vec<(String, Found<'_>)> {
        let prefix = format!("{}:", parent.to_lowercase());
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for (lower, entry) in self.all.iter().rev().flat_map(|layer| &layer.entries) {
            let Some(rest) = lower.strip_prefix(&prefix) else { continue };
            // Lower case may be longer in bytes; then the key has no spelling of its own worth keeping.
            names.entry(rest).or_insert_with(|| entry.key.get(prefix.len()..).unwrap_or(rest));
        }
        let found =
            |(rest, spelt): (&str, &str)| Some((spelt.to_owned(), self.get(&format!("{prefix}{rest}"))?));
        names.into_iter().filter_map(found).collect()
    }

    /// The direct children of `parent` that have a value, as (last segment, winner): numbers first and in their
    /// order, so that arrays of several layers merge by index.
    pub fn children(&self, parent: &str) -> Vec<(String, Found<'_>)> {
        let mut children = self.descendants(parent);
        children.retain(|(rest, _)| !rest.contains(':'));
        children.sort_by_key(|(rest, _)| (rest.parse().unwrap_or(u64::MAX), rest.to_lowercase()));
        children
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
    fn null_takes_a_value_away_and_a_blank_leaves_it() {
        let mut layers = Layers::default();
        layers.push(layer(
            "base",
            &[("Seq:ServerUrl", "http://seq"), ("Region:ReadOnly", "true"), ("A:0", "a")],
        ));
        let mut upper = layer("upper", &[("region:readonly", " "), ("A:1", "b")]);
        upper.set("seq:serverurl", None);
        upper.set("a:0", None);
        layers.push(upper);
        assert_eq!(layers.get("SEQ:ServerUrl").map(|f| f.value), None);
        assert_eq!(layers.get("Region:ReadOnly").map(|f| (f.value, f.layer)), Some(("true", "base")));
        let children: Vec<_> = layers.children("A").into_iter().map(|(name, f)| (name, f.value)).collect();
        assert_eq!(children, [("1".to_owned(), "b")]);
        layers.push(layer("top", &[("Seq:ServerUrl", "http://other")]));
        assert_eq!(layers.get("Seq:ServerUrl").map(|f| (f.value, f.height)), Some(("http://other", 2)));
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
