//! Control from another process, over the plain listener:
//!
//! | request | effect |
//! |---|---|
//! | `PUT /control/secrets/{name}` with a [`Secret`] | a new version |
//! | `DELETE /control/secrets/{name}` | the secret is gone |
//! | `PUT /control/key-values` with a [`KeyValue`] | sets it |
//! | `DELETE /control/key-values?key=&label=` | it is gone |
//! | `PUT /control/flags?label=` with a feature flag | sets it |
//! | `POST /control/faults/{service}` with a [`FaultOrder`] | the next requests fail |
//! | `DELETE /control/faults/{service}` | no more faults |
//! | `GET /control/requests` | what was asked so far |
//! | `GET /control/ca.pem` | the authority to trust |
//! | `GET /control/addresses` | origins and connection string |

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Inner;
use super::entra::{CLIENT, TENANT};
use crate::configuration::{CREDENTIAL, KeyValue, SECRET};
use crate::faults::{Fault, Service};
use crate::requests::Request;
use crate::vault::Secret;

/// One of `status`, `delayMs`, `hang` or `body`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultOrder {
    /// Requests that fail; all until deleted if not given.
    #[serde(default)]
    pub count: Option<u32>,
    /// Only requests whose path and query contain this.
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub retry_after_seconds: Option<u32>,
    #[serde(default)]
    pub delay_ms: Option<u64>,
    #[serde(default)]
    pub hang: bool,
    #[serde(default)]
    pub body: Option<String>,
}

impl FaultOrder {
    fn fault(&self) -> Option<Fault> {
        match (self.status, self.delay_ms, self.hang, &self.body) {
            (Some(status), None, false, None) => Some(Fault::Status(status, self.retry_after_seconds)),
            (None, Some(ms), false, None) => Some(Fault::Delay(Duration::from_millis(ms))),
            (None, None, true, None) => Some(Fault::Hang),
            (None, None, false, Some(body)) => Some(Fault::Body(body.clone())),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Labelled {
    #[serde(default)]
    label: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    key: String,
    #[serde(default)]
    label: Option<String>,
}

type Shared = State<Arc<Inner>>;

pub(crate) fn router(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/control/secrets/{name}", put(put_secret).delete(delete_secret))
        .route("/control/key-values", put(put_value).delete(delete_value))
        .route("/control/flags", put(put_flag))
        .route("/control/faults/{service}", post(order).delete(heal))
        .route("/control/requests", get(requests))
        .route("/control/ca.pem", get(ca))
        .route("/control/addresses", get(addresses))
        .with_state(inner)
}

async fn put_secret(
    State(inner): Shared,
    Path(name): Path<String>,
    Json(secret): Json<Secret>,
) -> StatusCode {
    inner.vault.put(&name, secret);
    StatusCode::NO_CONTENT
}

async fn delete_secret(State(inner): Shared, Path(name): Path<String>) -> StatusCode {
    inner.vault.delete(&name);
    StatusCode::NO_CONTENT
}

async fn put_value(State(inner): Shared, Json(pair): Json<KeyValue>) -> StatusCode {
    inner.configuration.put(pair);
    StatusCode::NO_CONTENT
}

async fn delete_value(State(inner): Shared, Query(named): Query<Named>) -> StatusCode {
    inner.configuration.delete(&named.key, named.label.as_deref());
    StatusCode::NO_CONTENT
}

async fn put_flag(
    State(inner): Shared,
    Query(query): Query<Labelled>,
    Json(flag): Json<Value>,
) -> StatusCode {
    if !flag["id"].is_string() {
        return StatusCode::BAD_REQUEST;
    }
    inner.configuration.set_flag(query.label.as_deref(), &flag);
    StatusCode::NO_CONTENT
}

async fn order(
    State(inner): Shared,
    Path(service): Path<Service>,
    Json(order): Json<FaultOrder>,
) -> StatusCode {
    let Some(fault) = order.fault() else { return StatusCode::BAD_REQUEST };
    inner.faults.add(service, order.count, order.path.as_deref(), fault);
    StatusCode::NO_CONTENT
}

async fn heal(State(inner): Shared, Path(service): Path<Service>) -> StatusCode {
    inner.faults.clear(service);
    StatusCode::NO_CONTENT
}

async fn requests(State(inner): Shared) -> Json<Vec<Request>> {
    Json(inner.requests.all())
}

async fn ca(State(inner): Shared) -> String {
    inner.ca_pem.clone()
}

/// The addresses that a client needs to use the stubs.
pub(crate) fn description(inner: &Inner) -> Value {
    let (origin, plain) = (inner.origin(), inner.plain_origin());
    json!({
        "keyVault": format!("{origin}/"),
        "appConfiguration": format!("Endpoint={origin};Id={CREDENTIAL};Secret={SECRET}"),
        "authorityHost": origin,
        "tenantId": TENANT,
        "clientId": CLIENT,
        "managedIdentity": format!("{plain}/msi/token"),
        "control": format!("{plain}/control"),
    })
}

async fn addresses(State(inner): Shared) -> Json<Value> {
    Json(description(&inner))
}
