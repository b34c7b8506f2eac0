//! Examples for bodies and answers, composed from what the schemas say.

use serde_json::{Map, Value, json};

/// How deep examples are composed.
const DEPTH_MAX: usize = 8;
const PREFIX: &str = "#/components/schemas/";

/// Puts an example beside every JSON schema of a body or an answer.
pub fn fill(paths: &mut Map<String, Value>, components: &Map<String, Value>) {
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations {
        let Some(operation) = operation.as_object_mut() else { continue };
        if let Some(body) = operation.get_mut("requestBody") {
            fill_content(body, components);
        }
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            responses.values_mut().for_each(|response| fill_content(response, components));
        }
    }
}

fn fill_content(owner: &mut Value, components: &Map<String, Value>) {
    let Some(content) = owner.get_mut("content").and_then(Value::as_object_mut) else { return };
    for (name, media) in content.iter_mut() {
        let json = name == "application/json" || name == "application/merge-patch+json";
        if json && media.get("example").is_none() {
            let example = sample(&media["schema"], components, 0);
            media["example"] = example;
        }
    }
}

/// A value the schema accepts, as far as examples, words and formats say.
fn sample(schema: &Value, components: &Map<String, Value>, depth: usize) -> Value {
    if let Some(example) = schema["examples"].get(0).or(schema.get("example")).or(schema.get("const")) {
        return example.clone();
    }
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix(PREFIX)) {
        return components.get(name).map_or(Value::Null, |schema| sample(schema, components, depth + 1));
    }
    if let Some(word) = schema.get("default").or(schema["enum"].get(0)) {
        return word.clone();
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if schema.get("properties").is_none()
            && let Some(options) = schema[key].as_array()
        {
            let first = options.iter().find(|option| option["type"] != "null");
            return first.map_or(Value::Null, |option| sample(option, components, depth + 1));
        }
    }
    let kind = schema["type"].as_str().or(schema["type"].get(0).and_then(Value::as_str));
    match kind {
        Some("object") => {
            let properties = schema["properties"].as_object();
            let members = properties.into_iter().flatten();
            members.map(|(name, member)| (name.clone(), sample(member, components, depth + 1))).collect()
        }
        Some("array") => json!([sample(&schema["items"], components, depth + 1)]),
        Some("boolean") => json!(true),
        Some("integer" | "number") => {
            schema.get("minimum").filter(|min| min.as_i64() > Some(1)).cloned().unwrap_or(json!(1))
        }
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11"),
            Some("date") => json!("2026-11-22"),
            Some("date-time") => json!("2026-11-22T10:30:00.000000Z"),
            Some("uri") => json!("https://example.com/"),
            _ => json!("text"),
        },
        _ => Value::Null,
    }
}
