//! OpenAPI 3.1 rewritten as 3.0.3, which API gateways still ask for.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::operations::MEDIA_TYPES;

/// Type arrays become `nullable`, numeric exclusive bounds become flags, `const` a single word, `examples` of schemas one
/// `example`; a reference with siblings is wrapped, since 3.0 ignores what stands beside `$ref`. No schema
/// contains itself, since gateways refuse those.
pub fn to_3_0(mut document: Value) -> Value {
    media_types(&mut document);
    convert(&mut document, Place::Other);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        cut_cycles(schemas);
    }
    document["openapi"] = json!("3.0.3");
    if let Some(license) = document["info"]["license"].as_object_mut() {
        license.remove("identifier");
        license.insert("url".into(), json!("https://opensource.org/license/mit"));
    }
    if let Some(top) = document.as_object_mut() {
        top.remove("jsonSchemaDialect");
        top.remove("webhooks");
    }
    document
}

/// A gateway that checks bodies knows only the media types in `content`: all of them stand there.
fn media_types(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(media_types),
        Value::Object(members) => {
            if let Some(content) = members.get_mut("content").and_then(Value::as_object_mut) {
                let also: Vec<(String, Value)> = content.values_mut().flat_map(others).collect();
                content.extend(also);
            }
            members.values_mut().for_each(media_types);
        }
        _ => {}
    }
}

/// The other media types that a body has, each with the same body.
fn others(body: &mut Value) -> Vec<(String, Value)> {
    let names = body.as_object_mut().and_then(|body| body.remove(MEDIA_TYPES));
    let names = names.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    names.map(|name| (name.to_owned(), body.clone())).collect()
}

/// The kind of a value: schemas are rewritten, examples and the like are left alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Schema,
    /// A map from names to schemas.
    Schemas,
    Other,
}

fn convert(value: &mut Value, place: Place) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| convert(item, place)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match inner(name, place) {
                    Some(inner) => convert(member, inner),
                    None => continue,
                }
            }
            if place == Place::Schema {
                schema(members);
            }
        }
        _ => {}
    }
}

/// The kind of an object's member; `None` for plain data.
pub(super) fn inner(name: &str, place: Place) -> Option<Place> {
    match (place, name) {
        (Place::Schemas, _) => Some(Place::Schema),
        (_, "example" | "examples" | "default" | "enum" | "const") => None,
        (Place::Schema, "properties" | "patternProperties") => Some(Place::Schemas),
        (Place::Schema, "items" | "not" | "additionalProperties" | "allOf" | "anyOf" | "oneOf") => {
            Some(Place::Schema)
        }
        (Place::Schema, _) => None,
        (Place::Other, "schema") => Some(Place::Schema),
        (Place::Other, "schemas") => Some(Place::Schemas),
        (Place::Other, _) => Some(Place::Other),
    }
}

fn schema(members: &mut Map<String, Value>) {
    if let Some(constant) = members.remove("const") {
        members.insert("enum".into(), json!([constant]));
    }
    if let Some(Value::Array(examples)) = members.remove("examples")
        && let Some(example) = examples.into_iter().next()
    {
        members.insert("example".into(), example);
    }
    for (exclusive, inclusive) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(bound) = members.get(exclusive).filter(|bound| bound.is_number()).cloned() {
            members.insert(inclusive.into(), bound);
            members.insert(exclusive.into(), json!(true));
        }
    }
    for unknown in [
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "contentEncoding",
        "contentMediaType",
        "propertyNames",
        "prefixItems",
        "patternProperties",
        "unevaluatedProperties",
        "dependentRequired",
        "dependentSchemas",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
    ] {
        members.remove(unknown);
    }
    nullable_type(members);
    nullable_option(members);
    if let Some(reference) = members.get("$ref").cloned().filter(|_| members.len() > 1) {
        members.remove("$ref");
        members.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}

/// `type: [T, "null"]` becomes `type: T, nullable: true`; several other types become `anyOf`.
fn nullable_type(members: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = members.get("type") else {
        if members.get("type") == Some(&json!("null")) {
            members.remove("type");
            members.insert("nullable".into(), json!(true));
            members.insert("enum".into(), json!([null]));
        }
        return;
    };
    let null = types.iter().any(|kind| kind == "null");
    let kinds: Vec<Value> = types.iter().filter(|kind| *kind != "null").cloned().collect();
    match kinds.as_slice() {
        [one] => {
            members.insert("type".into(), one.clone());
        }
        several => {
            let mut options: Vec<Value> = several.iter().map(|kind| json!({ "type": kind })).collect();
            // Only an array has items, and in 3.0 each one has.
            let items = members.remove("items").unwrap_or_else(|| json!({}));
            if let Some(list) = options.iter_mut().find(|option| option["type"] == "array") {
                list["items"] = items;
            }
            members.remove("type");
            members.insert("anyOf".into(), json!(options));
        }
    }
    if null {
        members.insert("nullable".into(), json!(true));
    }
}

/// `anyOf: [X, null]` becomes X, nullable.
fn nullable_option(members: &mut Map<String, Value>) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(options)) = members.get_mut(key) else { continue };
        let before = options.len();
        options.retain(|option| *option != json!({ "nullable": true, "enum": [null] }));
        if options.len() == before {
            continue;
        }
        if let [only] = options.as_mut_slice() {
            let only = only.take();
            members.remove(key);
            members.insert("allOf".into(), json!([only]));
        }
        members.insert("nullable".into(), json!(true));
    }
}

const SCHEMAS: &str = "#/components/schemas/";

/// Where a schema comes round to itself, an object stands for it: one level is described, and those below are like it.
fn cut_cycles(schemas: &mut Map<String, Value>) {
    let names: Vec<String> = schemas.keys().cloned().collect();
    let mut done = BTreeSet::new();
    for name in &names {
        follow(name, schemas, &mut Vec::new(), &mut done);
    }
}

fn follow(name: &str, schemas: &mut Map<String, Value>, open: &mut Vec<String>, done: &mut BTreeSet<String>) {
    if !done.insert(name.to_owned()) {
        return;
    }
    open.push(name.to_owned());
    let mut targets = BTreeSet::new();
    if let Some(schema) = schemas.get(name) {
        references(schema, &mut targets);
    }
    for target in targets {
        if !open.contains(&target) {
            follow(&target, schemas, open, done);
        } else if let Some(schema) = schemas.get_mut(name) {
            cut(schema, &target);
        }
    }
    open.pop();
}

fn target(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

fn references(value: &Value, targets: &mut BTreeSet<String>) {
    targets.extend(target(value).map(str::to_owned));
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, targets)),
        Value::Object(members) => members.values().for_each(|member| references(member, targets)),
        _ => {}
    }
}

fn cut(value: &mut Value, name: &str) {
    if target(value) == Some(name) {
        *value = json!({ "type": "object", "description": format!("Another {name}, inside the first.") });
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| cut(item, name)),
        Value::Object(members) => members.values_mut().for_each(|member| cut(member, name)),
        _ => {}
    }
}
