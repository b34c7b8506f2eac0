//! Answers of several operations. A problem whose description names codes is the general one with that description beside it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Repeated, add, known, operations, reference};

const KIND: &str = "responses";

pub fn share(paths: &mut Map<String, Value>, components: &mut Map<String, Value>) {
    same(paths, components);
    let Some(problems) = known(components, KIND) else { return };
    each(paths, |status, response| {
        let general = problems.get(status).filter(|_| response.get("$ref").is_none());
        if general.is_some_and(|general| nameless(general) == nameless(response)) {
            *response = described(reference(KIND, status), response);
        }
    });
    alike(paths, components);
}

/// Shares responses that are equal in every word.
fn same(paths: &mut Map<String, Value>, components: &mut Map<String, Value>) {
    let mut repeated = Repeated::default();
    each(paths, |_, response| {
        if response.get("$ref").is_none() {
            repeated.count(response.clone());
        }
    });
    let Some(taken) = known(components, KIND) else { return };
    let shared = repeated.worth_sharing(KIND, taken, name, |_| false);
    each(paths, |_, response| {
        if let Some((name, _)) = shared.get(&response.to_string()) {
            *response = reference(KIND, name);
        }
    });
    add(components, KIND, shared);
}

/// Shares responses that differ in their descriptions only.
fn alike(paths: &mut Map<String, Value>, components: &mut Map<String, Value>) {
    let Some(taken) = known(components, KIND) else { return };
    let mut repeated = Repeated::default();
    let mut descriptions: BTreeMap<String, Value> = BTreeMap::new();
    each(paths, |_, response| {
        if response.get("$ref").is_none() {
            let nameless = nameless(response);
            descriptions.entry(nameless.to_string()).or_insert_with(|| response["description"].clone());
            repeated.count(nameless);
        }
    });
    let mut shared = repeated.worth_sharing(KIND, taken, name, |_| false);
    for (text, (_, response)) in &mut shared {
        response["description"] = descriptions.remove(text).unwrap_or_default();
    }
    each(paths, |_, response| {
        if let Some((name, general)) = shared.get(&nameless(response).to_string()) {
            let reference = reference(KIND, name);
            let same = general["description"] == response["description"];
            *response = if same { reference } else { described(reference, response) };
        }
    });
    add(components, KIND, shared);
}

fn each(paths: &mut Map<String, Value>, mut visit: impl FnMut(&str, &mut Value)) {
    for operation in operations(paths) {
        let responses = operation.get_mut(KIND).and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            visit(status, response);
        }
    }
}

/// A response without its description.
fn nameless(response: &Value) -> Value {
    let mut response = response.clone();
    if let Some(members) = response.as_object_mut() {
        members.remove("description");
    }
    response
}

/// The reference with the response's own description, which takes the place of the component's.
fn described(mut reference: Value, response: &Value) -> Value {
    reference["description"] = json!(response["description"]);
    reference
}

/// After the first code that the description names, the schema of the body, or what there is to say without one.
fn name(response: &Value) -> String {
    let code =
        response["description"].as_str().and_then(|text| text.split("\n- `").nth(1)?.split('`').next());
    let content = response["content"].as_object().into_iter().flatten();
    let mut schemas = content.filter_map(|(_, media)| media["schema"]["$ref"].as_str());
    let schema = schemas.find_map(|reference| reference.rsplit('/').next());
    let bare = if response.get("headers").is_none() { "NotModified" } else { "Done" };
    code.or(schema).unwrap_or(bare).to_owned()
}
