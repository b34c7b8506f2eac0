//! Examples for bodies and answers, composed from what the schemas say.

use serde_json::{Map, Value, json};

use super::PREFIX;

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
            let example =
                Sampler { components, open: Vec::new() }.value(&media["schema"]).unwrap_or_default();
            media["example"] = example;
        }
    }
}

/// Composes a value that a schema accepts, as far as examples, words, formats and lengths say.
struct Sampler<'a> {
    components: &'a Map<String, Value>,
    /// The components the value stands in: one that comes round to itself is left out below.
    open: Vec<&'a str>,
}

impl<'a> Sampler<'a> {
    /// `None` where the schema comes round to itself.
    fn value(&mut self, schema: &'a Value) -> Option<Value> {
        if let Some(example) = schema["examples"].get(0).or(schema.get("example")).or(schema.get("const")) {
            return Some(example.clone());
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix(PREFIX)) {
            return self.component(name);
        }
        if let Some(word) = schema.get("default").or(schema["enum"].get(0)) {
            return Some(word.clone());
        }
        let kind = schema["type"].as_str().or(schema["type"].get(0).and_then(Value::as_str));
        let object = kind == Some("object") || schema.get("properties").is_some();
        let options = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
        match (kind, options) {
            _ if object || schema.get("allOf").is_some() => self.object(schema),
            (_, Some(options)) => self.option(options),
            (Some("array"), _) => Some(self.array(schema)),
            (Some("boolean"), _) => Some(json!(true)),
            (Some("integer" | "number"), _) => {
                let minimum = schema.get("minimum").filter(|minimum| minimum.as_i64() > Some(1));
                Some(minimum.cloned().unwrap_or(json!(1)))
            }
            (Some("string"), _) => Some(json!(text(schema))),
            _ => Some(Value::Null),
        }
    }

    fn component(&mut self, name: &'a str) -> Option<Value> {
        if self.open.contains(&name) {
            return None;
        }
        let Some(schema) = self.components.get(name) else { return Some(Value::Null) };
        self.open.push(name);
        let value = self.value(schema);
        self.open.pop();
        value
    }

    /// The first that is not null; null where that one comes round to itself.
    fn option(&mut self, options: &'a [Value]) -> Option<Value> {
        let null = options.iter().any(|option| option["type"] == "null");
        let first = options.iter().find(|option| option["type"] != "null")?;
        self.value(first).or(null.then_some(Value::Null))
    }

    /// Its own members, those of its parts, and those of the first of its kinds.
    fn object(&mut self, schema: &'a Value) -> Option<Value> {
        let mut members = Map::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            match self.value(part)? {
                Value::Object(more) => members.extend(more),
                other => return Some(other),
            }
        }
        let kinds = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
        if let Some(Value::Object(more)) = kinds.and_then(|kinds| self.option(kinds)) {
            members.extend(more);
        }
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            match self.value(member) {
                Some(value) => drop(members.insert(name.clone(), value)),
                None if required(name) => return None,
                None => {}
            }
        }
        Some(Value::Object(members))
    }

    /// As few items as it takes, but one; none where an item comes round to the list.
    fn array(&mut self, schema: &'a Value) -> Value {
        let count = schema["minItems"].as_u64().unwrap_or(1).max(1);
        match self.value(&schema["items"]) {
            Some(item) => (0..count).map(|_| item.clone()).collect(),
            None => json!([]),
        }
    }
}

/// A text of the format and the length that are asked for.
fn text(schema: &Value) -> String {
    let text = match schema["format"].as_str() {
        Some("uuid") => "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11",
        Some("date") => "2026-11-22",
        Some("date-time") => "2026-11-22T10:30:00.000000Z",
        Some("uri") => "https://example.com/",
        Some("password") => "a long pass phrase",
        _ => "text",
    };
    let length = schema["minLength"].as_u64().and_then(|least| usize::try_from(least).ok()).unwrap_or(0);
    let longest =
        schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    text.chars().cycle().take(length.max(text.len()).min(longest)).collect()
}
