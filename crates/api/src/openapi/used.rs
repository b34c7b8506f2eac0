//! Only schemas that something refers to are part of the document: of some views, lists show the items only.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::PREFIX;
use super::common::PROBLEM;

pub fn keep(paths: &Map<String, Value>, schemas: &mut Map<String, Value>) {
    let mut used = BTreeSet::from([PROBLEM.to_owned()]);
    paths.values().for_each(|path| follow(path, schemas, &mut used));
    if let Some(problem) = schemas.get(PROBLEM) {
        follow(problem, schemas, &mut used);
    }
    schemas.retain(|name, _| used.contains(name));
}

/// Notes the components that a value refers to, directly or through others.
fn follow(value: &Value, schemas: &Map<String, Value>, used: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| follow(item, schemas, used)),
        Value::Object(members) => {
            let name = value["$ref"].as_str().and_then(|reference| reference.strip_prefix(PREFIX));
            if let Some(name) = name
                && used.insert(name.to_owned())
                && let Some(schema) = schemas.get(name)
            {
                follow(schema, schemas, used);
            }
            members.values().for_each(|member| follow(member, schemas, used));
        }
        _ => {}
    }
}
