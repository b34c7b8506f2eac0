//! Schemas of single values: texts of a kind, numbers, words. Several members and parameters have the same.

use std::collections::BTreeMap;

use domain::money::Amount;
use domain::platform::EmailAddress;
use domain::text::Code;
use serde_json::{Map, Value};

use super::{Repeated, add, known, operations, reference};
use crate::openapi::apim::{Place, inner};
use crate::wire::{Paragraphs, RequiredText, Schemas, Text, WireType};

const KIND: &str = "schemas";
/// Members that belong to one use of a schema and therefore stand beside its reference.
const OF_THE_PLACE: [&str; 3] = ["description", "examples", "writeOnly"];

pub fn share(paths: &mut Map<String, Value>, components: &mut Map<String, Value>) {
    let mut repeated = Repeated::default();
    everywhere(paths, components, &mut |schema| repeated.count(Value::Object(bare(schema))));
    let Some(taken) = known(components, KIND) else { return };
    let shared = repeated.worth_sharing(KIND, taken, name, titled);
    everywhere(paths, components, &mut |schema| share_one(schema, &shared));
    add(components, KIND, shared);
}

fn share_one(schema: &mut Map<String, Value>, shared: &BTreeMap<String, (String, Value)>) {
    let Some((name, _)) = shared.get(&Value::Object(bare(schema)).to_string()) else { return };
    let Value::Object(mut reference) = reference(KIND, name) else { return };
    reference.extend(OF_THE_PLACE.iter().filter_map(|member| schema.remove_entry(*member)));
    *schema = reference;
}

/// The schema without what is said of its place.
fn bare(schema: &Map<String, Value>) -> Map<String, Value> {
    let members = schema.iter().filter(|(name, _)| !OF_THE_PLACE.contains(&name.as_str()));
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Visits every schema of a single value that has no default: generators do not look for one beside a reference.
fn everywhere(
    paths: &mut Map<String, Value>,
    components: &mut Map<String, Value>,
    visit: &mut dyn FnMut(&mut Map<String, Value>),
) {
    for operation in operations(paths) {
        operation.values_mut().for_each(|part| leaves(part, Place::Other, visit));
    }
    if let Some(schemas) = components.get_mut(KIND).and_then(Value::as_object_mut) {
        for schema in schemas.values_mut().filter(|schema| !is_leaf(schema)) {
            leaves(schema, Place::Schema, visit);
        }
    }
}

fn leaves(value: &mut Value, place: Place, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leaves(item, place, visit)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if let Some(inner) = inner(name, place) {
                    leaves(member, inner, visit);
                }
            }
        }
        _ => return,
    }
    if place == Place::Schema
        && is_leaf(value)
        && let Some(members) = value.as_object_mut().filter(|members| !members.contains_key("default"))
    {
        visit(members);
    }
}

fn is_leaf(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("string" | "integer"))
}

/// Named words are types of generated clients: their names must not depend on how often they are used.
fn titled(schema: &Value) -> bool {
    schema.get("title").is_some() && schema.get("enum").is_some()
}

/// Names a schema after its title, the type that has its pattern, its format or its first word, and its bounds.
fn name(schema: &Value) -> String {
    let text = |member: &str| schema[member].as_str();
    let bound = |name: &str, member: &str| {
        schema[member].as_u64().map(|bound| format!("{name}{bound}")).unwrap_or_default()
    };
    let base = match (text("title"), text("pattern"), text("format"), schema["enum"][0].as_str()) {
        (Some(title), ..) => title.to_owned(),
        (_, Some(pattern), ..) => format!("{}{}", of_pattern(pattern), bound("", "maxLength")),
        (_, _, Some(format), _) => format!("{format}{}", bound("From", "minimum")),
        (_, _, _, Some(word)) => format!("{word}Word"),
        _ => format!("{}{}", text("type").unwrap_or_default(), bound("", "maxLength")),
    };
    let mut letters = base.chars().filter(char::is_ascii_alphanumeric);
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The name of the type of request that has this pattern.
fn of_pattern(pattern: &str) -> &'static str {
    fn schema<T: WireType>() -> Value {
        T::schema(&mut Schemas::default())
    }
    let named = [
        ("text", schema::<Text<1>>()),
        ("requiredText", schema::<RequiredText<1>>()),
        ("paragraphs", schema::<Paragraphs<1>>()),
        ("code", schema::<Code>()),
        ("amount", schema::<Amount>()),
        ("emailAddress", schema::<EmailAddress>()),
    ];
    named.iter().find(|(_, schema)| schema["pattern"] == pattern).map_or("pattern", |known| known.0)
}
