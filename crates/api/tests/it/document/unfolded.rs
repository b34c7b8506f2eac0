//! The served document with everything back in its place, to be compared with the whole one.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Both documents in one form: no reference but those to schemas that the whole document has, every default said, and
/// every example at its body.
pub fn unfolded(document: &Value, whole: &Value) -> Value {
    let names = whole["components"]["schemas"].as_object().unwrap();
    let unfolding = Unfolding { document, whole: names };
    let mut paths = document["paths"].clone();
    for operation in
        paths.as_object_mut().unwrap().values_mut().flat_map(|path| path.as_object_mut().unwrap())
    {
        unfolding.operation(operation.1);
    }
    let schemas: Map<String, Value> =
        names.iter().map(|(name, whole)| (name.clone(), unfolding.component(name, whole))).collect();
    json!({ "info": document["info"], "tags": document["tags"], "paths": paths, "schemas": schemas })
}

struct Unfolding<'a> {
    document: &'a Value,
    whole: &'a Map<String, Value>,
}

impl Unfolding<'_> {
    fn target(&self, reference: &str) -> &Value {
        let target = self.document.pointer(reference.strip_prefix('#').unwrap());
        target.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    /// The schema that a reference names, together with the members beside the reference.
    fn resolved(&self, value: &Value) -> Value {
        let Some(reference) = value["$ref"].as_str() else { return value.clone() };
        let mut target = self.target(reference).clone();
        let beside = value.as_object().unwrap().iter().filter(|(name, _)| *name != "$ref");
        target.as_object_mut().unwrap().extend(beside.map(|(name, value)| (name.clone(), value.clone())));
        target
    }

    fn operation(&self, operation: &mut Value) {
        for parameter in operation["parameters"].as_array_mut().unwrap() {
            *parameter = self.resolved(parameter);
            let query = parameter["in"] == "query";
            let members = parameter.as_object_mut().unwrap();
            members.entry("required").or_insert(json!(false));
            members.entry("style").or_insert(json!(if query { "form" } else { "simple" }));
            members.entry("explode").or_insert(json!(query));
        }
        for response in operation["responses"].as_object_mut().unwrap().values_mut() {
            *response = self.resolved(response);
            self.examples(response);
        }
        self.examples(&mut operation["requestBody"]);
        let usual = &self.document["security"];
        operation.as_object_mut().unwrap().entry("security").or_insert(usual.clone());
        self.schemas(operation);
    }

    /// Every body of JSON has an example of its own or that of its schema.
    fn examples(&self, owner: &mut Value) {
        let Some(content) = owner.get_mut("content").and_then(Value::as_object_mut) else { return };
        for media in content.values_mut().filter(|media| media.get("example").is_none()) {
            let Some(reference) = media["schema"]["$ref"].as_str() else { continue };
            if let Some(example) = self.target(reference)["examples"].get(0) {
                media["example"] = example.clone();
            }
        }
    }

    /// Puts shared schemas where they are referred to, but for those that are schemas of the whole document, too.
    fn schemas(&self, value: &mut Value) {
        if let Some(name) = value["$ref"].as_str().and_then(|reference| reference.strip_prefix(SCHEMAS))
            && !self.whole.contains_key(name)
        {
            *value = self.resolved(value);
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.schemas(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.schemas(member)),
            _ => {}
        }
    }

    fn component(&self, name: &str, whole: &Value) -> Value {
        let mut schema = self.target(&format!("{SCHEMAS}{name}")).clone();
        if schema.get("allOf").is_some() && whole.get("allOf").is_none() {
            schema = self.merged(&schema);
        }
        self.schemas(&mut schema);
        if whole.get("examples").is_none() {
            // That of the bodies with this schema, where it was compared.
            schema.as_object_mut().unwrap().remove("examples");
        }
        schema
    }

    /// The parts of a schema as one.
    fn merged(&self, schema: &Value) -> Value {
        let mut merged = Map::new();
        for part in schema["allOf"].as_array().unwrap() {
            let Value::Object(part) = self.resolved(part) else { panic!("{part} is no schema") };
            for (name, value) in part {
                match (merged.get_mut(&name), value) {
                    (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                    (Some(Value::Object(all)), Value::Object(more)) => all.extend(more),
                    (_, value) => drop(merged.insert(name, value)),
                }
            }
        }
        Value::Object(merged)
    }
}
