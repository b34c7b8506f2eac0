//! The document as it is served: what stands in several places of the whole document stands once here, as a component.
//! With its references followed it is the whole document again, which a test proves.

mod examples;
mod leaves;
mod parameters;
mod responses;
mod views;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Bytes that a reference and the name of its component take beside that name and the kind of component.
const REFERENCE_BYTES: usize = r##"{"$ref":"#/components//"},"":,"##.len();

/// Shares what repeats.
pub fn compact(mut document: Value) -> Value {
    let (mut paths, mut components) = (document["paths"].take(), document["components"].take());
    if let (Some(paths), Some(components)) = (paths.as_object_mut(), components.as_object_mut()) {
        views::share(components);
        leaves::share(paths, components);
        examples::share(paths, components);
        responses::share(paths, components);
        parameters::share(paths, components);
        if let Some(security) = security(paths) {
            document["security"] = security;
        }
    }
    document["paths"] = paths;
    document["components"] = components;
    document
}

fn operations(paths: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let items = paths.values_mut().filter_map(Value::as_object_mut);
    items.flat_map(Map::values_mut).filter_map(Value::as_object_mut)
}

/// The security requirement of most operations, which applies to every operation that names none.
fn security(paths: &mut Map<String, Value>) -> Option<Value> {
    let mut counts: BTreeMap<String, (usize, Value)> = BTreeMap::new();
    for security in operations(paths).filter_map(|operation| operation.get("security")) {
        counts.entry(security.to_string()).or_insert((0, security.clone())).0 += 1;
    }
    let (_, usual) = counts.into_values().max_by_key(|(count, _)| *count)?;
    for operation in operations(paths) {
        if operation.get("security") == Some(&usual) {
            operation.remove("security");
        }
    }
    Some(usual)
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// Values by how often they were seen, in the order in which they were seen first.
#[derive(Default)]
struct Repeated {
    places: BTreeMap<String, usize>,
    seen: Vec<(Value, usize)>,
}

impl Repeated {
    fn count(&mut self, value: Value) {
        let place = *self.places.entry(value.to_string()).or_insert(self.seen.len());
        match self.seen.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => self.seen.push((value, 1)),
        }
    }

    /// The values that take less room as components of this kind, and those that always are components, each with its name.
    fn worth_sharing(
        self,
        kind: &str,
        taken: &Map<String, Value>,
        name: impl Fn(&Value) -> String,
        always: impl Fn(&Value) -> bool,
    ) -> BTreeMap<String, (String, Value)> {
        let mut shared: BTreeMap<String, (String, Value)> = BTreeMap::new();
        let mut names: Vec<String> = taken.keys().cloned().collect();
        for (value, count) in self.seen {
            let name = free(&name(&value), &names);
            let saved = (count - 1) * value.to_string().len();
            if always(&value) || saved > count * (REFERENCE_BYTES + kind.len() + name.len()) {
                names.push(name.clone());
                shared.insert(value.to_string(), (name, value));
            }
        }
        shared
    }
}

/// The name, or with a number behind it the first that is not taken.
fn free(name: &str, taken: &[String]) -> String {
    let mut candidates = (2_u32..).map(|number| format!("{name}{number}"));
    if taken.iter().all(|known| known != name) {
        return name.to_owned();
    }
    candidates.find(|candidate| !taken.contains(candidate)).unwrap_or_default()
}

/// Adds the shared values to the components of their kind.
fn add(components: &mut Map<String, Value>, kind: &str, shared: BTreeMap<String, (String, Value)>) {
    let Some(known) = components.get_mut(kind).and_then(Value::as_object_mut) else { return };
    known.extend(shared.into_values());
    known.sort_keys();
}

fn known<'a>(components: &'a Map<String, Value>, kind: &str) -> Option<&'a Map<String, Value>> {
    components.get(kind).and_then(Value::as_object)
}
