//! `/kv…`

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::filter::matches;
use super::{RESOURCE, StoreState, Stored, signature};
use crate::stubs::Inner;

/// The first version, whose lists have no tags, and one that has them.
const API_VERSIONS: [&str; 2] = ["1.0", "2023-11-01"];
const SET: &str = "application/vnd.microsoft.appconfig.kvset+json; charset=utf-8";
const ONE: &str = "application/vnd.microsoft.appconfig.kv+json; charset=utf-8";
const SYNC_TOKEN: HeaderName = HeaderName::from_static("sync-token");

fn target(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| uri.path().to_owned(), |target| target.as_str().to_owned())
}

/// Credentials and version of the API, in the service's order.
fn refusal(
    inner: &Inner,
    headers: &HeaderMap,
    uri: &Uri,
    query: &HashMap<String, String>,
) -> Option<Response> {
    let (credential, secret) = {
        let state = inner.configuration.state();
        (state.credential.clone(), state.secret.clone())
    };
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("Bearer "));
    let refused = if bearer {
        (!inner.entra.admits(headers, &[RESOURCE])).then_some("The access token is not valid")
    } else {
        signature::check("GET", &target(uri), headers, &credential, &secret).err()
    };
    if let Some(reason) = refused {
        let scheme = if bearer { "Bearer" } else { "HMAC-SHA256" };
        let challenge = format!(r#"{scheme} error="invalid_token", error_description="{reason}""#);
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(http::header::WWW_AUTHENTICATE, value);
        }
        return Some(response);
    }
    if !query.get("api-version").is_some_and(|version| API_VERSIONS.contains(&version.as_str())) {
        return Some(problem(StatusCode::BAD_REQUEST, "api-version", "The version is not supported"));
    }
    None
}

fn problem(status: StatusCode, name: &str, title: &str) -> Response {
    let body = json!({
        "type": "https://azconfig.io/errors/invalid-argument",
        "title": title, "name": name, "status": status.as_u16(),
    });
    (status, Json(body)).into_response()
}

fn item(key: &str, label: Option<&str>, stored: &Stored) -> Value {
    let modified = DateTime::from_timestamp(stored.modified, 0).unwrap_or_default();
    json!({
        "etag": stored.etag,
        "key": key,
        "label": label,
        "content_type": stored.content_type,
        "value": stored.value,
        "last_modified": modified.to_rfc3339(),
        "locked": false,
        "tags": {},
    })
}

fn sync_token(state: &StoreState) -> String {
    let value = STANDARD.encode(format!("0:0:{}", state.sequence));
    format!("stub={value};sn={}", state.sequence)
}

/// The answer, or 304 if the caller has it already.
fn unless_known(headers: &HeaderMap, etag: &str, mut response: Response, sync: &str) -> Response {
    let quoted = format!("\"{etag}\"");
    let known = headers.get("if-none-match").and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known == "*" || known.split(',').any(|one| one.trim() == quoted)) {
        let link = response.headers().get(http::header::LINK).cloned();
        response = StatusCode::NOT_MODIFIED.into_response();
        if let Some(link) = link {
            response.headers_mut().insert(http::header::LINK, link);
        }
    }
    for (name, value) in [(http::header::ETAG, quoted.as_str()), (SYNC_TOKEN, sync)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn typed(content_type: &'static str, body: &Value) -> Response {
    ([(http::header::CONTENT_TYPE, content_type)], body.to_string()).into_response()
}

/// `GET /kv?key=&label=&after=`
pub(crate) async fn list(
    State(inner): State<Arc<Inner>>,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = refusal(&inner, &headers, &uri, &query) {
        return refusal;
    }
    let filter = |name: &str| query.get(name).map_or("*", String::as_str);
    let version = query.get("api-version").map_or(API_VERSIONS[0], String::as_str);
    let after: usize = query.get("after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let state = inner.configuration.state();
    let found: Vec<_> = state
        .values
        .iter()
        .filter(|((key, label), _)| {
            matches(filter("key"), Some(key)) && matches(filter("label"), label.as_deref())
        })
        .collect();
    let items: Vec<Value> = found
        .iter()
        .skip(after)
        .take(state.page_size)
        .map(|((key, label), stored)| item(key, label.as_deref(), stored))
        .collect();
    let next = (after + state.page_size < found.len()).then(|| {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (key, label) = (encode(filter("key")), encode(filter("label")));
        format!("/kv?key={key}&label={label}&api-version={version}&after={}", after + state.page_size)
    });
    let mut body = json!({ "items": items });
    if let Some(next) = &next {
        body["@nextLink"] = next.as_str().into();
    }
    let digest = Sha256::digest(body.to_string());
    let etag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let mut response = typed(SET, &body);
    if let Some(link) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()) {
        response.headers_mut().insert(http::header::LINK, link);
    }
    if version == API_VERSIONS[0] {
        return response;
    }
    unless_known(&headers, &etag, response, &sync_token(&state))
}

/// `GET /kv/{key}?label=`
pub(crate) async fn read(
    State(inner): State<Arc<Inner>>,
    uri: Uri,
    Path(key): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = refusal(&inner, &headers, &uri, &query) {
        return refusal;
    }
    let label = query.get("label").filter(|label| !label.is_empty() && *label != "\0").cloned();
    let state = inner.configuration.state();
    match state.values.get(&(key.clone(), label.clone())) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(stored) => {
            let response = typed(ONE, &item(&key, label.as_deref(), stored));
            unless_known(&headers, &stored.etag, response, &sync_token(&state))
        }
    }
}
