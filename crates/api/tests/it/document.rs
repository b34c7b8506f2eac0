//! The OpenAPI document as a whole.

mod unfolded;

use std::collections::HashSet;

use application::authorize::Access;
use application::platform::permissions::PERMISSIONS;
use erp_api::bootstrap::api_operations;
use erp_api::catalogue::error_catalogue;
use jsonschema::Registry;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use unfolded::unfolded;

/// Most bytes of the document as it is served, for each operation.
const SERVED_BYTES_OF_OPERATION_MAX: usize = 4_250;

/// Proves: A3.
#[test]
fn the_registry_has_no_faults() {
    let faults = api_operations().faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_permission_is_in_the_catalogue() {
    let operations = api_operations();
    let unknown: Vec<_> = operations
        .iter()
        .filter_map(|operation| match operation.who() {
            Some(Access::Permission(name)) if PERMISSIONS.iter().all(|known| known.name != name) => {
                Some(format!("{}: {name}", operation.operation_id()))
            }
            _ => None,
        })
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn error_codes_are_unique_and_bilingual() {
    let mut codes: Vec<_> = error_catalogue().into_iter().map(|def| def.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
    for def in error_catalogue() {
        assert!(
            def.ar.chars().any(|c| ('\u{0600}'..'\u{0700}').contains(&c)),
            "{} has no Arabic text",
            def.code
        );
    }
}

/// Members in any order, and `required` in any order.
fn sorted(mut value: Value) -> Value {
    if let Some(required) = value.get_mut("required").and_then(Value::as_array_mut) {
        required.sort_by_key(Value::to_string);
    }
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = sorted(item.take())),
        Value::Object(members) => {
            members.values_mut().for_each(|member| *member = sorted(member.take()));
            members.sort_keys();
        }
        _ => {}
    }
    value
}

fn assert_same(served: &Value, whole: &Value, at: &str) {
    match (served, whole) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names: Vec<_> = ours.keys().collect();
            assert_eq!(names, theirs.keys().collect::<Vec<_>>(), "{at}");
            ours.iter().for_each(|(name, value)| assert_same(value, &theirs[name], &format!("{at}/{name}")));
        }
        _ => assert_eq!(served, whole, "{at}"),
    }
}

/// Nothing that repeats is written twice, and nothing is lost by that.
#[test]
fn the_served_document_says_what_the_whole_one_says() {
    let operations = api_operations();
    let (served, whole) = (operations.openapi(), operations.openapi_in_full());
    assert_same(&sorted(unfolded(&served, &whole)), &sorted(unfolded(&whole, &whole)), "");
    let bytes = serde_json::to_vec(&served).unwrap().len();
    let count: usize =
        served["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert!(bytes < count * SERVED_BYTES_OF_OPERATION_MAX, "{bytes} bytes for {count} operations");
}

/// What stands in the fragment of a URI as it is: separators of a pointer and its escapes.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'~');

/// Everything called an example, with the pointer of the schema that it must fit.
fn examples<'a>(value: &'a Value, at: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| examples(item, &format!("{at}/{index}"), found));
        }
        Value::Object(members) => {
            // In a parameter, a header or a body it stands beside the schema, in a schema inside.
            if let (Some(example), Some(_)) = (members.get("example"), members.get("schema")) {
                found.push((format!("{at}/schema"), example));
            }
            for example in members.get("examples").and_then(Value::as_array).into_iter().flatten() {
                found.push((at.to_owned(), example));
            }
            for (name, member) in members {
                if !matches!(name.as_str(), "example" | "examples" | "default" | "enum") {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    examples(member, &format!("{at}/{name}"), found);
                }
            }
        }
        _ => {}
    }
}

/// Every example in the document conforms to the schema beside it.
#[test]
fn every_example_of_the_document_conforms_to_its_schema() {
    let operations = api_operations();
    for document in [operations.openapi(), operations.openapi_in_full()] {
        let mut found = Vec::new();
        examples(&document, "", &mut found);
        assert!(found.len() > 300, "{} examples", found.len());
        // Read once for all examples: a copy of its components in each schema would take minutes.
        let registry = Registry::new().add("urn:document", &document).unwrap().prepare().unwrap();
        let (mut faults, mut seen) = (Vec::new(), HashSet::new());
        for (at, example) in found {
            // Operations repeat parameters.
            if !seen.insert((document.pointer(&at).unwrap().to_string(), example.to_string())) {
                continue;
            }
            let schema = json!({ "$ref": format!("urn:document#{}", utf8_percent_encode(&at, FRAGMENT)) });
            let options = jsonschema::options().with_registry(&registry).should_validate_formats(true);
            let validator = options.build(&schema).unwrap();
            faults.extend(validator.iter_errors(example).map(|error| format!("{at}: {error} ({example})")));
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

/// `[isNull]` is offered for the fields that can be missing, and for no others.
#[test]
fn lists_ask_for_missing_values_only_where_there_can_be_some() {
    let document = api_operations().openapi_in_full();
    let resolved = |schema: &Value| match schema["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap().clone(),
        None => schema.clone(),
    };
    let (mut faults, mut offered) = (Vec::new(), 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        let names: Vec<_> = methods["get"]["parameters"].as_array().into_iter().flatten().collect();
        let names: Vec<_> = names.iter().filter_map(|parameter| parameter["name"].as_str()).collect();
        let page = resolved(&methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]);
        let item = resolved(&page["properties"]["items"]["items"]);
        let parts = item["allOf"].as_array().cloned().unwrap_or_else(|| vec![item]);
        for (name, member) in parts.iter().flat_map(|part| part["properties"].as_object()).flatten() {
            let null = member["type"].as_array().is_some_and(|types| types.iter().any(|kind| kind == "null"));
            let asks = names.contains(&format!("{name}[isNull]").as_str());
            if names.contains(&format!("{name}[ne]").as_str()) && null != asks {
                faults.push(format!("{path}: {name} can be missing: {null}; [isNull]: {asks}"));
            }
            offered += usize::from(asks);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(offered > 20, "{offered}");
}
