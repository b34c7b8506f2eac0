//! The document and its page, from the binary alone: no network, no script from elsewhere.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa_swagger_ui::Config;

use crate::extract::etag::not_modified;
use crate::problem::{Problem, ROUTE_NOT_FOUND};
use crate::state::AppState;

pub const DOCUMENT_PATH: &str = "/openapi.json";

/// The page styles itself inline; everything else comes from the same origin.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The document as sent, with its entity tag.
struct Document {
    bytes: Bytes,
    tag: HeaderValue,
}

impl Document {
    fn new(document: &Value) -> Self {
        let bytes = Bytes::from(serde_json::to_vec(document).unwrap_or_default());
        let digest = Sha256::digest(&bytes);
        let tag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"-\""));
        Self { bytes, tag }
    }
}

/// `/` and `/docs` lead to the page, `/openapi.json` is the document.
///
/// The document is made for the first who asks: it takes tens of milliseconds and megabytes that a server which nobody
/// asks for it should not spend at its start.
pub fn routes(document: impl FnOnce() -> Value + Send + 'static) -> Router<AppState> {
    let document = Arc::new(LazyLock::new(move || Document::new(&document())));
    let config = Arc::new(Config::from(DOCUMENT_PATH));
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/docs/") }))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route(
            "/docs/",
            get({
                let config = config.clone();
                move || async move { asset("", config) }
            }),
        )
        .route("/docs/{*file}", get(move |Path(file): Path<String>| async move { asset(&file, config) }))
        .route(DOCUMENT_PATH, get(move |headers: HeaderMap| async move { open(&headers, &document) }))
}

fn open(headers: &HeaderMap, document: &Document) -> Response {
    let mut response = if not_modified(headers, &document.tag) {
        http::StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(document.bytes.clone()))
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(ETAG, document.tag.clone());
    response
}

fn asset(file: &str, config: Arc<Config<'static>>) -> Response {
    let Ok(Some(found)) = utoipa_swagger_ui::serve(file, config) else {
        return Problem::of(&ROUTE_NOT_FOUND).into_response();
    };
    let mut response = Response::new(Body::from(found.bytes.into_owned()));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&found.content_type) {
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
