//! The token endpoint of Entra for workload identity, and the managed identity endpoint. Tokens are random text that
//! only these stubs know.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Inner;
use crate::clock::unix_seconds;

pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub const CLIENT: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
/// Life of a token, unless a test changes it.
const LIFE_SECONDS: i64 = 3_600;
/// Tokens remembered.
const TOKENS_MAX: usize = 10_000;

/// The clients that may have tokens, and the tokens that were given.
pub struct Entra {
    state: Mutex<EntraState>,
}

struct EntraState {
    assertions: BTreeSet<String>,
    life_seconds: i64,
    issued: HashMap<String, Issued>,
    count: u64,
}

struct Issued {
    resource: String,
    expires: i64,
}

impl Default for Entra {
    fn default() -> Self {
        let state = EntraState {
            assertions: BTreeSet::from(["federated-token".to_owned()]),
            life_seconds: LIFE_SECONDS,
            issued: HashMap::new(),
            count: 0,
        };
        Self { state: Mutex::new(state) }
    }
}

impl Entra {
    fn state(&self) -> MutexGuard<'_, EntraState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on only these federated tokens are exchanged.
    pub fn accept(&self, assertions: &[&str]) {
        self.state().assertions = assertions.iter().map(|text| (*text).to_owned()).collect();
    }

    /// Life of the tokens to come.
    pub fn set_life_seconds(&self, seconds: i64) {
        self.state().life_seconds = seconds;
    }

    /// No token given so far is good any more.
    pub fn revoke_all(&self) {
        self.state().issued.clear();
    }

    /// How many tokens were given.
    pub fn issued(&self) -> u64 {
        self.state().count
    }

    fn issue(&self, resource: &str) -> (String, i64) {
        let mut state = self.state();
        if state.issued.len() >= TOKENS_MAX {
            state.issued.clear();
        }
        state.count += 1;
        let token = format!("stub-token-{}-{:016x}", state.count, random());
        let expires = unix_seconds() + state.life_seconds;
        state.issued.insert(token.clone(), Issued { resource: resource.to_owned(), expires });
        (token, expires)
    }

    /// Whether the header has a token for one of these resources.
    pub(crate) fn admits(&self, headers: &HeaderMap, resources: &[&str]) -> bool {
        let header = headers.get("authorization").and_then(|value| value.to_str().ok());
        let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) else { return false };
        resources.iter().any(|resource| self.is_good(token, resource))
    }

    /// Whether a token was given for this resource and is still good.
    pub fn is_good(&self, token: &str, resource: &str) -> bool {
        let state = self.state();
        let issued = state.issued.get(token);
        issued.is_some_and(|issued| issued.expires > unix_seconds() && issued.resource == resource)
    }
}

fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub(crate) async fn token(
    State(inner): State<Arc<Inner>>,
    Path(tenant): Path<String>,
    body: Bytes,
) -> Response {
    let form = form(&body);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let refused = |code: u32, error: &str, text: &str| {
        let body = json!({
            "error": error,
            "error_description": format!("AADSTS{code}: {text}"),
            "error_codes": [code],
        });
        (StatusCode::UNAUTHORIZED, Json(body)).into_response()
    };
    if tenant != TENANT {
        return refused(90_002, "invalid_request", "Tenant not found.");
    }
    if field("grant_type") != "client_credentials"
        || field("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    {
        return refused(900_144, "invalid_request", "The request body lacks a parameter.");
    }
    if field("client_id") != CLIENT {
        return refused(700_016, "unauthorized_client", "Application was not found in the directory.");
    }
    if !inner.entra.state().assertions.contains(field("client_assertion")) {
        return refused(700_024, "invalid_client", "Client assertion is not within its valid time range.");
    }
    let Some(resource) = field("scope").strip_suffix("/.default") else {
        return refused(70_011, "invalid_scope", "The scope is not valid.");
    };
    let (token, expires) = inner.entra.issue(resource);
    let life = expires - unix_seconds();
    Json(json!({
        "token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token,
    }))
    .into_response()
}

/// `GET /common/discovery/instance`
pub(crate) async fn discovery(State(inner): State<Arc<Inner>>) -> Json<Value> {
    let endpoint = format!("{}/{TENANT}/v2.0/.well-known/openid-configuration", inner.origin());
    Json(json!({ "tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": [] }))
}

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`
pub(crate) async fn openid(State(inner): State<Arc<Inner>>, Path(tenant): Path<String>) -> Json<Value> {
    let origin = inner.origin();
    Json(json!({
        "issuer": format!("{origin}/{tenant}/v2.0"),
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
    }))
}

/// `GET /metadata/identity/oauth2/token` of a virtual machine, and `GET /msi/token` of an App Service.
pub(crate) async fn managed_identity(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if headers.get("metadata").is_none_or(|value| value != "true") {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_request" }))).into_response();
    }
    let Some(resource) = query.get("resource") else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_resource" }))).into_response();
    };
    if query.get("client_id").is_some_and(|id| id != CLIENT) {
        let body = json!({ "error": "invalid_request", "error_description": "Identity not found" });
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    let (token, expires) = inner.entra.issue(resource);
    Json(json!({
        "access_token": token, "expires_on": expires.to_string(), "resource": resource, "token_type": "Bearer",
    }))
    .into_response()
}

/// The fields of `application/x-www-form-urlencoded`.
fn form(body: &[u8]) -> HashMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
