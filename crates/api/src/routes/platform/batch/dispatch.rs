//! One operation of a batch through the API's own router, as if it had come by itself.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use application::platform::identity::Identity;
use application::ports::batch::BatchHandle;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use http_body_util::{BodyExt, Limited};
use serde_json::value::RawValue;
use tower::ServiceExt;

use super::dto::{BatchOperationBody, BatchResultView, RawJson};
use super::{BATCH_ANSWER_BYTES_MAX, BATCH_BODY_BYTES_MAX, BATCH_PATH_REFUSED, BATCH_READ_IN_ATOMIC};
use crate::answer::IDEMPOTENCY_REPLAYED;
use crate::change_options::IDEMPOTENCY_KEY;
use crate::media::JSON;
use crate::middleware::RequestInfo;
use crate::middleware::edge::REQUEST_ID;
use crate::middleware::guard::Verified;
use crate::operation::{API_BASE, ApiRouter};
use crate::problem::{self, BODY_TOO_LARGE, Facts, Problem};
use crate::wire::quoted;
use domain::error::{Language, Violation};

/// The paths below the base path that no batch may contain.
const REFUSED: [&str; 5] = ["/batch", "/imports", "/journal-entries/import", "/events", "/auth"];
/// Headers of an operation's answer that are passed on.
const PASSED_ON: [HeaderName; 4] = [ETAG, LOCATION, RETRY_AFTER, IDEMPOTENCY_REPLAYED];

/// The parts that all operations of one batch share.
pub struct Dispatcher {
    pub router: ApiRouter,
    pub identity: Arc<Identity>,
    pub info: RequestInfo,
    /// The key of the batch; the keys of its operations are derived from it.
    pub idempotency_key: Option<String>,
    /// The bytes that the answers may still take.
    pub bytes_left: AtomicUsize,
}

impl Dispatcher {
    /// Runs one operation, inside a transaction if there is one.
    pub async fn run(
        &self,
        index: usize,
        operation: &BatchOperationBody,
        transaction: Option<BatchHandle>,
    ) -> BatchResultView {
        let response = match self.request(index, operation, transaction) {
            Ok(request) => match self.router.router.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Err(problem) => self.rendered(problem, &operation.path),
        };
        result(response, &self.bytes_left).await
    }

    /// A problem in the place of an operation's answer.
    pub async fn problem(&self, problem: Problem, operation: &BatchOperationBody) -> BatchResultView {
        let bytes_left = AtomicUsize::new(BATCH_ANSWER_BYTES_MAX);
        result(self.rendered(problem, &operation.path), &bytes_left).await
    }

    fn rendered(&self, problem: Problem, path: &str) -> Response {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let (instance, language) = (problem::instance(path, "-"), self.info.language);
        let trace_id = self.info.scope.trace.trace_id();
        let facts = Facts { instance: &instance, route: "-", trace_id: trace_id.as_str(), language };
        let status = problem.status();
        if status.is_server_error() {
            let error = problem.error() as &(dyn Error + 'static);
            tracing::error!(error, status = status.as_u16(), "An operation of a batch failed");
        }
        problem::render(problem.into_response(), facts)
    }

    fn request(
        &self,
        index: usize,
        operation: &BatchOperationBody,
        transaction: Option<BatchHandle>,
    ) -> Result<Request, Problem> {
        let method = operation.method.0.clone();
        let uri = allowed(&operation.path)?;
        if transaction.is_some() && method == Method::GET {
            return Err(Problem::of(&BATCH_READ_IN_ATOMIC));
        }
        let body = match &operation.body {
            Some(RawJson::Text(text)) => Body::from(text.clone()),
            Some(RawJson::TooLong) => {
                let violation = Violation::new(&BODY_TOO_LARGE).with("limit", BATCH_BODY_BYTES_MAX);
                return Err(violation.with("name", "batch_body_bytes_max").into());
            }
            None => Body::empty(),
        };
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        self.headers(index, operation, request.headers_mut());
        let extensions = request.extensions_mut();
        extensions.insert(Verified(self.identity.clone()));
        extensions.insert(self.info.clone());
        if let Some(transaction) = transaction {
            extensions.insert(transaction);
        }
        Ok(request)
    }

    fn headers(&self, index: usize, operation: &BatchOperationBody, headers: &mut HeaderMap) {
        headers.insert(ACCEPT, HeaderValue::from_static(JSON));
        let language = match self.info.language {
            Language::English => "en",
            Language::Arabic => "ar",
        };
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(language));
        if let Ok(id) = HeaderValue::from_str(&self.info.id) {
            headers.insert(REQUEST_ID, id);
        }
        if operation.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        }
        if let Some(key) = &self.idempotency_key {
            // Hashed, so that any key leaves room for the place of the operation.
            use sha2::{Digest, Sha256};
            let digest = Sha256::digest(key.as_bytes());
            let digest = domain::hex::hex(&digest);
            if let Ok(key) = HeaderValue::from_str(&format!("batch-{digest}-{index}")) {
                headers.insert(IDEMPOTENCY_KEY, key);
            }
        }
        for (name, value) in operation.headers.iter().flat_map(|headers| &headers.0) {
            headers.insert(name.clone(), value.clone());
        }
    }
}

/// The path if it may be part of a batch.
fn allowed(path: &str) -> Result<Uri, Problem> {
    let refused =
        || Problem::from(Violation::new(&BATCH_PATH_REFUSED).with("path", quoted(path)).at("/path"));
    let uri: Uri = path.parse().map_err(|_| refused())?;
    let below = uri.path().strip_prefix(API_BASE).filter(|below| below.starts_with('/'));
    let below = below.filter(|_| uri.scheme().is_none() && uri.authority().is_none()).ok_or_else(refused)?;
    let inside = |root: &&'static str| {
        below.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if REFUSED.iter().any(inside) { Err(refused()) } else { Ok(uri) }
}

async fn result(response: Response, bytes_left: &AtomicUsize) -> BatchResultView {
    let (parts, body) = response.into_parts();
    let mut headers = BTreeMap::new();
    for name in &PASSED_ON {
        if let Some(value) = parts.headers.get(name).and_then(|value| value.to_str().ok()) {
            headers.insert(shown(name).to_owned(), value.to_owned());
        }
    }
    let limit = BATCH_ANSWER_BYTES_MAX.min(bytes_left.load(Ordering::Relaxed));
    let read = Limited::new(body, limit).collect().await.map(|collected| collected.to_bytes());
    let (body, body_omitted) = match read {
        Ok(bytes) if bytes.is_empty() => (None, false),
        Ok(bytes) => {
            // Never below zero: only as many were read.
            let _ = bytes_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                Some(left.saturating_sub(bytes.len()))
            });
            let text = String::from_utf8(bytes.into()).ok();
            let body = text.and_then(|text| RawValue::from_string(text).ok());
            let omitted = body.is_none();
            (body, omitted)
        }
        Err(_) => (None, true),
    };
    BatchResultView { status: parts.status.as_u16(), headers, body, body_omitted }
}

/// As the API's documents write it.
fn shown(name: &HeaderName) -> &'static str {
    match name {
        name if name == ETAG => "ETag",
        name if name == LOCATION => "Location",
        name if name == RETRY_AFTER => "Retry-After",
        _ => "Idempotency-Replayed",
    }
}
