//! Parameters of several operations, and defaults that go without saying.

use serde_json::{Map, Value};

use super::{Repeated, add, known, operations, reference};

const KIND: &str = "parameters";

pub fn share(paths: &mut Map<String, Value>, components: &mut Map<String, Value>) {
    each(paths, plain);
    if let Some(parameters) = components.get_mut(KIND).and_then(Value::as_object_mut) {
        parameters.values_mut().for_each(plain);
    }
    let mut repeated = Repeated::default();
    each(paths, |parameter| {
        if parameter.get("$ref").is_none() {
            repeated.count(parameter.clone());
        }
    });
    let Some(taken) = known(components, KIND) else { return };
    let shared = repeated.worth_sharing(KIND, taken, name, |_| false);
    each(paths, |parameter| {
        if let Some((name, _)) = shared.get(&parameter.to_string()) {
            *parameter = reference(KIND, name);
        }
    });
    add(components, KIND, shared);
}

fn each(paths: &mut Map<String, Value>, mut visit: impl FnMut(&mut Value)) {
    for operation in operations(paths) {
        let parameters = operation.get_mut(KIND).and_then(Value::as_array_mut);
        parameters.into_iter().flatten().for_each(&mut visit);
    }
}

/// Leaves out what holds anyway when it is not said.
fn plain(parameter: &mut Value) {
    let query = parameter["in"] == "query";
    let Some(members) = parameter.as_object_mut() else { return };
    if members.get("required").is_some_and(|required| *required == false) {
        members.remove("required");
    }
    if query && members.get("style").is_some_and(|style| style == "form") {
        members.remove("style");
        if members.get("explode").is_some_and(|explode| *explode == true) {
            members.remove("explode");
        }
    }
}

/// `createdAt[gte]` as `createdAt.gte`; a parameter that does not stand in the query says so.
fn name(parameter: &Value) -> String {
    let text = |member: &str| parameter[member].as_str().unwrap_or_default();
    let name: String = text("name").replace('[', ".").replace(']', "");
    match text("in") {
        "query" => name,
        place => format!("{name}.{place}"),
    }
}
