//! The component schemas of the document, collected while operations are described.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Component schemas by name. The same name for two different types is a conflict that a test reports.
#[derive(Debug, Default)]
pub struct Schemas {
    components: Map<String, Value>,
    owners: std::collections::BTreeMap<String, &'static str>,
    conflicts: Vec<String>,
}

impl Schemas {
    /// Registers the schema of `T` under `name` once and answers a reference to it.
    pub fn named<T>(&mut self, name: &str, build: impl FnOnce(&mut Self) -> Value) -> Value {
        let mut build = Some(build);
        self.owned(std::any::type_name::<T>(), name, &mut |schemas| {
            build.take().map_or(Value::Null, |build| build(schemas))
        })
    }

    /// Compiled once and not for each type.
    fn owned(&mut self, owner: &'static str, name: &str, build: &mut dyn FnMut(&mut Self) -> Value) -> Value {
        match self.owners.get(name) {
            Some(known) if *known == owner => {}
            Some(known) => self.conflicts.push(format!("{name}: {known} and {owner}")),
            None if self.components.contains_key(name) => {
                self.conflicts.push(format!("{name}: a view and {owner}"))
            }
            None => {
                // Known before it is built, so that a type may contain itself.
                self.owners.insert(name.to_owned(), owner);
                let schema = build(self);
                self.components.insert(name.to_owned(), schema);
            }
        }
        reference(name)
    }

    /// Registers a view (and everything it contains) and answers a reference to it.
    pub fn view<T: ToSchema>(&mut self) -> Value {
        let name = T::name();
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        for (part, schema) in parts {
            self.insert_view(&part, schema);
        }
        self.insert_view(&name, T::schema());
        reference(&name)
    }

    fn insert_view(&mut self, name: &str, schema: utoipa::openapi::RefOr<utoipa::openapi::Schema>) {
        let schema = serde_json::to_value(schema).unwrap_or_else(|_| json!({}));
        match self.components.get(name) {
            Some(known) if *known == schema => {}
            Some(_) => self.conflicts.push(format!("{name}: two different views")),
            None => {
                self.components.insert(name.to_owned(), schema);
            }
        }
    }

    /// The members of an object schema, also behind references, `null` options and flattened parts.
    pub fn properties<'s>(&'s self, schema: &'s Value) -> Vec<(&'s str, &'s Value)> {
        let schema = self.resolve(schema);
        let own = schema["properties"].as_object().into_iter().flatten().map(|(name, p)| (name.as_str(), p));
        let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| self.properties(part));
        let mut members: Vec<_> = parts.chain(own).collect();
        if let Some(options) =
            schema["oneOf"].as_array().or(schema["anyOf"].as_array()).filter(|_| members.is_empty())
        {
            let mut objects = options.iter().map(|option| self.properties(option)).filter(|m| !m.is_empty());
            // Several kinds of object have no columns in common.
            if let (Some(only), None) = (objects.next(), objects.next()) {
                members = only;
            }
        }
        members
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.components.get(name)
    }

    /// Names that stand for more than one type.
    pub fn conflicts(&self) -> &[String] {
        &self.conflicts
    }

    pub fn into_components(mut self) -> Map<String, Value> {
        self.components.sort_keys();
        self.components
    }

    /// Follows a `$ref` to a component of this collection.
    pub fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let name = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/"));
        name.and_then(|name| self.components.get(name)).unwrap_or(schema)
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Extends the schema so that it also accepts null.
pub fn nullable(mut schema: Value) -> Value {
    let Some(members) = schema.as_object_mut() else { return schema };
    let plain = !members.contains_key("anyOf");
    match members.get_mut("type") {
        Some(Value::Array(types)) => {
            if !types.iter().any(|t| t == "null") {
                types.push(json!("null"));
            }
        }
        Some(Value::String(kind)) if plain => {
            // `anyOf` beside the type would still have to hold for null.
            let kind = std::mem::take(kind);
            members.insert("type".into(), json!([kind, "null"]));
        }
        _ => return json!({ "anyOf": [schema, { "type": "null" }] }),
    }
    if let Some(Value::Array(words)) = members.get_mut("enum")
        && !words.contains(&Value::Null)
    {
        words.push(Value::Null);
    }
    schema
}

/// The schema with a description, an example and a default beside what it already says.
pub fn with_description(
    mut schema: Value,
    description: &str,
    example: Option<Value>,
    default: Option<Value>,
) -> Value {
    if let Some(members) = schema.as_object_mut() {
        if !description.is_empty() {
            members.insert("description".into(), json!(description));
        }
        if let Some(example) = example {
            members.insert("examples".into(), json!([example]));
        }
        if let Some(default) = default {
            members.insert("default".into(), default);
        }
    }
    schema
}

/// Builds the schema of a `request!` body member by member.
pub struct ObjectSchema {
    description: String,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
    example: Map<String, Value>,
}

impl ObjectSchema {
    pub fn new(description: &str) -> Self {
        Self {
            description: description.to_owned(),
            properties: Map::new(),
            required: Vec::new(),
            example: Map::new(),
        }
    }

    pub fn member<T: super::WireType>(
        &mut self,
        schemas: &mut Schemas,
        name: &'static str,
        description: &str,
        example: Option<Value>,
        default: Option<Value>,
    ) {
        if T::absent().is_none() && default.is_none() {
            self.required.push(name);
        }
        self.described(name, T::schema(schemas), description, example, default);
    }

    fn described(
        &mut self,
        name: &'static str,
        schema: Value,
        description: &str,
        example: Option<Value>,
        default: Option<Value>,
    ) {
        if let Some(example) = &example {
            self.example.insert(name.to_owned(), example.clone());
        }
        self.properties.insert(name.to_owned(), with_description(schema, description, example, default));
    }

    pub fn finish(self) -> Value {
        let mut schema = json!({ "type": "object" });
        if !self.description.is_empty() {
            schema["description"] = json!(self.description);
        }
        if !self.required.is_empty() {
            schema["required"] = json!(self.required);
        }
        schema["properties"] = Value::Object(self.properties);
        schema["additionalProperties"] = json!(false);
        // Only an example that is complete is worth showing.
        if !self.example.is_empty() && self.required.iter().all(|name| self.example.contains_key(*name)) {
            schema["examples"] = json!([self.example]);
        }
        schema
    }
}
