//! Views and the items of lists, which are views that may lack members; pages, which differ in their items only.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::reference;
use crate::openapi::PREFIX;

const PAGE: &str = "Page";

pub fn share(components: &mut Map<String, Value>) {
    let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) else { return };
    items(schemas);
    pages(schemas);
    schemas.sort_keys();
}

/// A view is its item with every member that must be there. Linters judge a reference that has something beside it by that
/// place alone, where the members would be missing: views that are referred to so stay whole.
fn items(schemas: &mut Map<String, Value>) {
    let mut whole = BTreeSet::new();
    schemas.values().for_each(|schema| qualified(schema, &mut whole));
    let names: Vec<String> =
        schemas.keys().filter_map(|name| name.strip_suffix("Item").map(str::to_owned)).collect();
    for name in names.into_iter().filter(|name| !whole.contains(name)) {
        let item = format!("{name}Item");
        let (Some(view), Some(lacking)) = (schemas.get(&name), schemas.get(&item)) else { continue };
        let mut without = view.clone();
        let required = without.as_object_mut().and_then(|members| members.remove("required"));
        let Some(required) = required.filter(|_| without == *lacking) else { continue };
        let view = json!({ "allOf": [reference("schemas", &item), { "required": required }] });
        schemas.insert(name, view);
    }
}

/// Notes the schemas that are referred to with something beside the reference.
fn qualified(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| qualified(item, found)),
        Value::Object(members) => {
            let name = value["$ref"].as_str().and_then(|reference| reference.strip_prefix(PREFIX));
            found.extend(name.filter(|_| members.len() > 1).map(str::to_owned));
            members.values().for_each(|member| qualified(member, found));
        }
        _ => {}
    }
}

/// One schema holds the members that all pages share.
fn pages(schemas: &mut Map<String, Value>) {
    let mut common: Option<Value> = None;
    for (name, schema) in schemas.iter_mut().filter(|(name, _)| name.ends_with(PAGE)) {
        let mut rest = schema.clone();
        let items = rest["properties"].as_object_mut().and_then(|properties| properties.remove("items"));
        let (Some(items), true) = (items, name.len() > PAGE.len()) else { continue };
        if let Some(required) = rest["required"].as_array_mut() {
            required.retain(|member| member != "items");
        }
        if *common.get_or_insert_with(|| rest.clone()) == rest {
            *schema = json!({
                "allOf": [
                    reference("schemas", PAGE),
                    { "required": ["items"], "properties": { "items": items } },
                ],
            });
        }
    }
    if let (Some(common), false) = (common, schemas.contains_key(PAGE)) {
        schemas.insert(PAGE.to_owned(), common);
    }
}
