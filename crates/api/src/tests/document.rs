//! The OpenAPI document says what the API does.

use serde_json::{Value, json};

use super::stub::{api, call, operations, read};
use crate::openapi::to_3_0;

fn walk(value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                visit(name, member);
                walk(member, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

fn assert_references(document: &Value) {
    walk(document, &mut |name, value| {
        if let (true, Some(reference)) = (name == "$ref", value.as_str()) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    });
}

#[test]
fn the_document_is_complete() {
    let registry = operations();
    assert_eq!(registry.faults(), Vec::<String>::new());
    let document = registry.openapi_in_full();
    assert_eq!(document["openapi"], "3.1.0");
    assert_references(&document);
    assert_references(&registry.openapi());
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')));
            assert!(responses.keys().any(|status| status.starts_with('4')));
            for response in responses.values().filter(|response| response.get("$ref").is_none()) {
                assert!(!response["description"].as_str().unwrap().is_empty());
            }
        }
    }
}

#[test]
fn the_document_describes_bodies_parameters_and_rights() {
    let document = operations().openapi_in_full();
    let post = &document["paths"]["/api/v1/things"]["post"];
    assert_eq!(post["x-permission"], "test.thing.create");
    let body = &document["components"]["schemas"]["CreateThingBody"];
    assert_eq!(body["additionalProperties"], false);
    assert_eq!(body["required"], serde_json::json!(["code", "name", "lines"]));
    assert_eq!(body["properties"]["isPosting"]["default"], true);
    assert_eq!(body["properties"]["parentId"]["type"], serde_json::json!(["string", "null"]));
    assert_eq!(body["properties"]["code"]["description"], "The code people type.");
    let example = &post["requestBody"]["content"]["application/json"]["example"];
    assert_eq!(example["code"], "1111");
    assert_eq!(example["lines"][0]["debit"], "10.00");
    let parameters = document["paths"]["/api/v1/things"]["get"]["parameters"].as_array().unwrap();
    let names: Vec<&str> = parameters.iter().filter_map(|parameter| parameter["name"].as_str()).collect();
    for name in
        ["limit", "sort", "fields", "code[like]", "postingDate[gte]", "status[in]", "parentId[isNull]"]
    {
        assert!(names.contains(&name), "{name} is missing");
    }
    assert!(!names.contains(&"status[gt]") && !names.contains(&"status[isNull]"));
    let conflict = &document["paths"]["/api/v1/things/{id}"]["patch"]["responses"]["409"];
    assert!(conflict["description"].as_str().unwrap().contains("`in_use`"));
    assert_eq!(document["paths"]["/api/v1/public"]["get"]["security"], serde_json::json!([]));
}

#[test]
fn faults_of_the_registry_are_found() {
    let mut registry = operations();
    registry.get("/twice", || async {}).id("get_public").tag("nowhere").ok::<clash::ThingView>();
    let faults = registry.faults().join("; ");
    for fault in [
        "get_public is there twice",
        "no summary",
        "'nowhere' is not described",
        "who may call it",
        "schema ThingView",
    ] {
        assert!(faults.contains(fault), "{fault} not in {faults}");
    }
}

mod clash {
    #[derive(utoipa::ToSchema)]
    #[allow(dead_code)]
    pub struct ThingView {
        other: bool,
    }
}

/// Proves: A3.
#[test]
fn the_gateway_export_knows_nothing_of_3_1() {
    let document = operations().openapi_apim();
    assert_eq!(document["openapi"], "3.0.3");
    assert_references(&document);
    let mut in_schemas = |name: &str, value: &Value| {
        assert!(!(name == "type" && value.is_array()), "a type array: {value}");
        assert!(!(name.starts_with("exclusive") && value.is_number()), "a numeric exclusive bound");
        assert!(!matches!(name, "const" | "$defs" | "identifier" | "prefixItems" | "$schema"), "{name}");
        assert!(!(name == "type" && value == "null"), "the type null");
        if let Some(members) = value.as_object().filter(|members| members.contains_key("$ref")) {
            assert_eq!(members.len(), 1, "siblings of a reference: {value}");
        }
        if name == "examples" {
            assert!(value.is_object(), "examples of a schema");
        }
    };
    walk(&document, &mut in_schemas);
    let schemas = &document["components"]["schemas"];
    let parent = &schemas["CreateThingBody"]["properties"]["parentId"];
    assert_eq!((&parent["type"], &parent["nullable"]), (&"string".into(), &true.into()));
    assert_eq!(schemas["CreateThingBody"]["properties"]["code"]["example"], "1111");
}

/// Generators know files as bytes only; a gateway asks for every media type.
#[test]
fn other_media_types_of_a_file_stand_in_the_gateway_export() {
    let bytes = json!({ "schema": { "type": "string" } });
    let mut told = bytes.clone();
    told["x-media-types"] = json!(["text/csv", "*/*"]);
    let body = json!({ "content": { "application/octet-stream": told } });
    let document = to_3_0(json!({ "info": {}, "paths": { "/files": { "post": { "requestBody": body } } } }));
    let expected = json!({ "application/octet-stream": bytes, "text/csv": bytes, "*/*": bytes });
    assert_eq!(document["paths"]["/files"]["post"]["requestBody"]["content"], expected);
}

/// Proves: A3.
#[test]
fn a_schema_that_contains_itself_ends_in_the_gateway_export() {
    let tree = json!({ "type": "object", "properties": {
        "children": { "type": ["array", "null"], "items": { "$ref": "#/components/schemas/Node" } },
        "name": { "$ref": "#/components/schemas/Name" },
    } });
    let schemas = json!({ "Node": tree, "Name": { "type": "string" } });
    let document = to_3_0(json!({ "info": {}, "components": { "schemas": schemas } }));
    let members = &document["components"]["schemas"]["Node"]["properties"];
    assert_eq!(
        members["children"]["items"],
        json!({ "type": "object", "description": "Another Node, inside the first." })
    );
    assert_eq!(
        members["name"],
        json!({ "$ref": "#/components/schemas/Name" }),
        "what does not come round stays"
    );
}

/// Proves: A1.
#[tokio::test]
async fn the_page_and_the_document_are_served() {
    let document = read("/openapi.json").await;
    assert_eq!(document.json()["info"]["title"], "ERP API");
    let tag = format!("If-None-Match: {}", document.header("etag"));
    assert_eq!(call(&api(), "GET", "/openapi.json", &[&tag], "").await.status.as_u16(), 304);
    assert_eq!(read("/docs").await.header("location"), "/docs/");
    let page = read("/docs/").await;
    assert!(page.header("content-type").starts_with("text/html") && page.body.contains("swagger-ui"));
    assert!(!page.body.contains("https://"), "the page loads something from elsewhere");
    let script = read("/docs/swagger-initializer.js").await;
    assert!(script.body.contains("/openapi.json"));
}
