//! The example of a body stands at its schema, where other bodies with the same schema find it, too.

use serde_json::{Map, Value, json};

use super::operations;
use crate::openapi::PREFIX;

pub fn share(paths: &mut Map<String, Value>, components: &mut Map<String, Value>) {
    let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) else { return };
    for operation in operations(paths) {
        if let Some(body) = operation.get_mut("requestBody") {
            of_content(body, schemas);
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            of_content(response, schemas);
        }
    }
}

fn of_content(owner: &mut Value, schemas: &mut Map<String, Value>) {
    let content = owner.get_mut("content").and_then(Value::as_object_mut);
    for media in content.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        let name = media.get("schema").and_then(|schema| schema["$ref"].as_str()?.strip_prefix(PREFIX));
        let Some(schema) = name.and_then(|name| schemas.get_mut(name)).and_then(Value::as_object_mut) else {
            continue;
        };
        let Some(example) = media.get("example") else { continue };
        let examples = schema.entry("examples").or_insert_with(|| json!([example]));
        if examples.get(0) == Some(example) {
            media.remove("example");
        }
    }
}
