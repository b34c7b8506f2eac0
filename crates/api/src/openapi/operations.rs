//! One operation of the document.

use std::collections::BTreeMap;

use application::authorize::Access;
use domain::error::ErrorDef;
use http::Method;
use serde_json::{Map, Value, json};

use super::common::{problem_response, problem_text};
use super::{parameters, security};
use crate::media::{Media, OCTET_STREAM};
use crate::operation::{Answer, Operation};
use crate::problem::status_of;
use crate::wire::Schemas;

/// Beside a media type: others that the same bytes may have.
pub const MEDIA_TYPES: &str = "x-media-types";

pub fn describe(operation: &Operation, schemas: &mut Schemas) -> Value {
    let access = operation.access.unwrap_or(Access::PlatformAdmin);
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
    });
    let description = text(operation, access);
    if !description.is_empty() {
        described["description"] = json!(description);
    }
    described["parameters"] = json!(parameters::of(operation, schemas));
    if let Some((media, schema)) = operation.body {
        let schema = schema(schemas);
        let mut content = Map::new();
        content.insert(media.to_owned(), json!({ "schema": schema }));
        if media == "application/merge-patch+json" {
            content.insert("application/json".to_owned(), json!({ "schema": schema }));
        }
        if !operation.body_media_types.is_empty() {
            content[media][MEDIA_TYPES] = json!(operation.body_media_types);
        }
        described["requestBody"] = json!({ "required": !operation.body_optional, "content": content });
    }
    described["responses"] = responses(operation, access, schemas);
    described["security"] = security(access);
    if let Access::Permission(permission) = access {
        described["x-permission"] = json!(permission);
    }
    described
}

fn text(operation: &Operation, access: Access) -> String {
    let who = match access {
        Access::Public => "No authentication is needed.".to_owned(),
        Access::SignedIn => String::new(),
        Access::Permission(name) => format!("Permission: `{name}`."),
        Access::PlatformAdmin => "For platform administrators only.".to_owned(),
    };
    let parts = [operation.description, who.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn responses(operation: &Operation, access: Access, schemas: &mut Schemas) -> Value {
    let mut responses: BTreeMap<u16, Value> = BTreeMap::new();
    for answer in &operation.answers {
        let described = success(operation, answer, schemas);
        if answer.status == 201 && operation.command {
            let dry = Answer {
                status: 200,
                description: "With `dryRun=true`: the resource that would be created.",
                etag: false,
                location: false,
                ..*answer
            };
            responses.insert(200, success(operation, &dry, schemas));
        }
        responses.insert(answer.status, described);
    }
    if operation.method == Method::GET && operation.answers.iter().any(|answer| answer.etag) {
        responses.insert(304, json!({ "description": "Not modified: the caller already has this version." }));
    }
    for status in common_statuses(operation, access) {
        if problem_text(status).is_some() {
            responses.insert(status, json!({ "$ref": format!("#/components/responses/{status}") }));
        }
    }
    let mut by_status: BTreeMap<u16, Vec<&ErrorDef>> = BTreeMap::new();
    for def in &operation.errors {
        by_status.entry(status_of(def).as_u16()).or_default().push(def);
    }
    for (status, defs) in by_status {
        let general = problem_text(status).unwrap_or("Refused.");
        let lines: Vec<_> = defs.iter().map(|def| format!("- `{}`: {}", def.code, def.en)).collect();
        let described = problem_response(status, &format!("{general}\n\n{}", lines.join("\n")));
        responses.insert(status, described);
    }
    for refusal in &operation.refusals {
        let mut described = success(operation, refusal, schemas);
        let problem = problem_response(refusal.status, refusal.description);
        if let (Some(content), Some(problems)) =
            (described["content"].as_object_mut(), problem["content"].as_object())
        {
            content.extend(problems.clone());
        }
        responses.insert(refusal.status, described);
    }
    let entries = responses.into_iter().map(|(status, response)| (status.to_string(), response));
    Value::Object(entries.collect())
}

/// The problems that operations of this kind always may answer.
fn common_statuses(operation: &Operation, access: Access) -> Vec<u16> {
    let mut statuses = vec![400, 500, 503];
    if access != Access::Public {
        statuses.extend([401, 429]);
    }
    if matches!(access, Access::Permission(_) | Access::PlatformAdmin) {
        statuses.push(403);
    }
    if operation.path.contains('{') {
        statuses.push(404);
    }
    if !operation.media.is_empty() {
        statuses.push(406);
    }
    if operation.body.is_some() {
        statuses.extend([408, 413, 415, 422]);
    }
    if operation.command {
        statuses.extend([409, 422]);
    }
    if matches!(operation.query, crate::operation::QueryParameters::Declared(_)) {
        statuses.push(422);
    }
    if operation.if_match {
        statuses.extend([412, 428]);
    }
    statuses
}

fn success(operation: &Operation, answer: &Answer, schemas: &mut Schemas) -> Value {
    let mut headers = Map::new();
    let mut header = |name: &str, component: &str| {
        headers.insert(name.to_owned(), json!({ "$ref": format!("#/components/headers/{component}") }));
    };
    header("X-Request-Id", "RequestId");
    if answer.etag {
        header("ETag", "ETag");
    }
    if answer.location {
        header("Location", "Location");
    }
    if operation.command {
        header("Idempotency-Replayed", "IdempotencyReplayed");
    }
    header("RateLimit", "RateLimit");
    header("RateLimit-Policy", "RateLimitPolicy");
    let mut response = json!({ "description": answer.description, "headers": headers });
    if let Some(schema) = answer.schema {
        let schema = schema(schemas);
        let mut content = Map::new();
        for media in &operation.media {
            let mut body = json!({ "schema": body_schema(*media, &schema) });
            // A file has the media type it was stored with; as a range no generator of clients takes it.
            let name = if *media == Media::Any { OCTET_STREAM } else { media.as_str() };
            if *media == Media::Any {
                body[MEDIA_TYPES] = json!([media.as_str()]);
            }
            content.insert(name.to_owned(), body);
        }
        response["content"] = Value::Object(content);
    }
    response
}

/// Only JSON has the structure of the view; the rest is text or bytes.
fn body_schema(media: Media, schema: &Value) -> Value {
    match media {
        Media::Json => schema.clone(),
        Media::Csv => {
            json!({ "type": "string", "description": "CSV as in RFC 4180, in UTF-8, with a header line." })
        }
        Media::NdJson => json!({ "type": "string", "description": "One JSON document a line." }),
        Media::Html => json!({ "type": "string", "description": "The content of a page." }),
        Media::EventStream => json!({ "type": "string", "description": "Server-sent events." }),
        Media::Xlsx | Media::Pdf | Media::OctetStream | Media::Any => {
            json!({ "type": "string", "format": "binary" })
        }
    }
}
