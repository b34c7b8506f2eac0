//! OpenAPI 3.1 rewritten as 3.0.3, which API gateways still ask for.

use serde_json::{Map, Value, json};

/// Type arrays become `nullable`, numeric exclusive bounds become flags, `const` a single word, `examples` of schemas one
/// `example`; a reference with siblings is wrapped, since 3.0 ignores what stands beside `$ref`.
pub fn to_3_0(mut document: Value) -> Value {
    convert(&mut document, Place::Other);
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

/// What a value is: schemas are rewritten, examples and the like left alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
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

/// What the member of an object is; `None` for plain data.
fn inner(name: &str, place: Place) -> Option<Place> {
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
            let options: Vec<Value> = several.iter().map(|kind| json!({ "type": kind })).collect();
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
