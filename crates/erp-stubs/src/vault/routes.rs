//! `/secrets…`

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::{PAGE_SIZE, Secret, VaultState};
use crate::stubs::Inner;
use crate::stubs::entra::TENANT;

type Parameters = Query<HashMap<String, String>>;

/// Challenge, right and version of the API, in the service's order.
fn refusal(inner: &Inner, headers: &HeaderMap, query: &HashMap<String, String>) -> Option<Response> {
    let state = inner.vault.state();
    if !inner.entra.admits(headers, &[&state.resource]) {
        let challenge =
            format!(r#"Bearer authorization="{}/{TENANT}", resource="{}""#, inner.origin(), state.resource);
        let mut response = error(StatusCode::UNAUTHORIZED, "Unauthorized", "[BearerReadAccessTokenFailed]");
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(http::header::WWW_AUTHENTICATE, value);
        }
        return Some(response);
    }
    if state.forbidden {
        return Some(error(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "Caller is not authorized to perform action.",
        ));
    }
    if !query.get("api-version").is_some_and(|version| version.starts_with("7.") || version.starts_with("20"))
    {
        return Some(error(StatusCode::BAD_REQUEST, "BadParameter", "api-version is missing or unknown."));
    }
    None
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response()
}

fn attributes(secret: &Secret) -> Value {
    let mut attributes = json!({
        "enabled": secret.enabled,
        "created": secret.updated,
        "updated": secret.updated,
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": 90,
    });
    for (name, value) in [("nbf", secret.not_before), ("exp", secret.expires)] {
        if let Some(value) = value {
            attributes[name] = value.into();
        }
    }
    attributes
}

/// A secret without its value.
fn listed(id: String, secret: &Secret) -> Value {
    let mut item = json!({ "id": id, "attributes": attributes(secret), "tags": {} });
    if let Some(content_type) = &secret.content_type {
        item["contentType"] = content_type.as_str().into();
    }
    if secret.managed {
        item["managed"] = true.into();
    }
    item
}

fn version_id(index: usize) -> String {
    format!("{:032x}", index + 1)
}

/// `GET /secrets`
pub(crate) async fn list(
    State(inner): State<Arc<Inner>>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = refusal(&inner, &headers, &query) {
        return refusal;
    }
    let origin = inner.origin();
    let state = inner.vault.state();
    let asked = query.get("maxresults").and_then(|text| text.parse().ok()).unwrap_or(PAGE_SIZE);
    let size = asked.clamp(1, state.page_size);
    let after: usize = query.get("$skiptoken").and_then(|text| text.parse().ok()).unwrap_or(0);
    let page = state.secrets.iter().skip(after).take(size);
    let value: Vec<Value> = page
        .filter_map(|(name, versions)| Some(listed(format!("{origin}/secrets/{name}"), versions.last()?)))
        .collect();
    let next = (after + size < state.secrets.len())
        .then(|| format!("{origin}/secrets?api-version=7.6&$skiptoken={}&maxresults={size}", after + size));
    Json(json!({ "value": value, "nextLink": next })).into_response()
}

fn found<'a>(state: &'a VaultState, name: &str) -> Option<&'a Vec<Secret>> {
    state.secrets.get(name).or_else(|| {
        // The service does not tell names by case; a clash needs the exact one.
        state.secrets.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, versions)| versions)
    })
}

fn answer(inner: &Inner, name: &str, version: Option<&str>) -> Response {
    let origin = inner.origin();
    let state = inner.vault.state();
    let missing = || error(StatusCode::NOT_FOUND, "SecretNotFound", "A secret with this name was not found.");
    let Some(versions) = found(&state, name) else { return missing() };
    let index = match version {
        None => versions.len().checked_sub(1),
        Some(version) => (0..versions.len()).find(|index| version_id(*index) == version),
    };
    let Some((index, secret)) = index.and_then(|index| Some((index, versions.get(index)?))) else {
        return missing();
    };
    if !secret.enabled {
        return error(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "Operation get is not allowed on a disabled secret.",
        );
    }
    let mut body = listed(format!("{origin}/secrets/{name}/{}", version_id(index)), secret);
    body["value"] = secret.value.as_str().into();
    Json(body).into_response()
}

/// `GET /secrets/{name}`
pub(crate) async fn read(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Response {
    refusal(&inner, &headers, &query).unwrap_or_else(|| answer(&inner, &name, None))
}

/// `GET /secrets/{name}/{version}`
pub(crate) async fn read_version(
    State(inner): State<Arc<Inner>>,
    Path((name, version)): Path<(String, String)>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Response {
    refusal(&inner, &headers, &query).unwrap_or_else(|| answer(&inner, &name, Some(&version)))
}

/// `GET /secrets/{name}/versions`
pub(crate) async fn versions(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = refusal(&inner, &headers, &query) {
        return refusal;
    }
    let origin = inner.origin();
    let state = inner.vault.state();
    let Some(versions) = found(&state, &name) else {
        return error(StatusCode::NOT_FOUND, "SecretNotFound", "A secret with this name was not found.");
    };
    let item = |(index, secret)| listed(format!("{origin}/secrets/{name}/{}", version_id(index)), secret);
    let value: Vec<Value> = versions.iter().enumerate().map(item).collect();
    Json(json!({ "value": value, "nextLink": null })).into_response()
}
