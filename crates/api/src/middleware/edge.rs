//! The outermost service: request id, span, load shedding, panics, problem documents, security headers.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use application::error::AppError;
use application::ports::clock::Ids;
use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use domain::error::Language;
use futures::future::BoxFuture;
use http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use tower::{Layer, Service};
use tracing::Instrument;
use uuid::Uuid;

use super::answered::{Line, Weight};
use super::guard::Verified;
use super::host;
use super::observer::{Observed, Observer};
use super::proxies::Proxies;
use super::shed::{Refusal, Shed};
use crate::extract::language::preferred;
use crate::problem::{self, Facts, Problem};
use crate::telemetry::{RequestScope, TraceContext, panics};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// Longest request id taken from a caller, in bytes.
pub const REQUEST_ID_LENGTH_MAX: usize = 64;

const SECRET_HEADERS: [HeaderName; 3] = [AUTHORIZATION, API_KEY, COOKIE];

/// The facts about a request before its caller is known.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    pub id: Arc<str>,
    pub language: Language,
    /// The facts that its log lines show.
    pub scope: Arc<RequestScope>,
}

struct Shared {
    observer: Option<Arc<dyn Observer>>,
    ids: Arc<dyn Ids>,
    shed: Shed,
    hsts: bool,
    proxies: Proxies,
}

#[derive(Clone)]
pub struct EdgeLayer(Arc<Shared>);

impl EdgeLayer {
    pub fn new(ids: Arc<dyn Ids>, shed: Shed, hsts: bool, observer: Option<Arc<dyn Observer>>) -> Self {
        Self::behind(Proxies::default(), ids, shed, hsts, observer)
    }

    /// The edge behind proxies.
    pub fn behind(
        proxies: Proxies,
        ids: Arc<dyn Ids>,
        shed: Shed,
        hsts: bool,
        observer: Option<Arc<dyn Observer>>,
    ) -> Self {
        Self(Arc::new(Shared { observer, ids, shed, hsts, proxies }))
    }
}

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;
    fn layer(&self, inner: S) -> Edge<S> {
        Edge { inner, shared: self.0.clone() }
    }
}

#[derive(Clone)]
pub struct Edge<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Service<Request> for Edge<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was polled ready is the one to call.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let shared = self.shared.clone();
        Box::pin(async move { Ok(serve(inner, &shared, request).await) })
    }
}

async fn serve<S>(mut inner: S, shared: &Shared, mut request: Request) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible> + Send,
    S::Future: Send,
{
    for name in &SECRET_HEADERS {
        if let Some(value) = request.headers_mut().get_mut(name) {
            value.set_sensitive(true);
        }
    }
    if let Some(Refusal { answer, held }) = shared.shed.refusal(&request) {
        if !held.is_zero() {
            tokio::time::sleep(held).await;
        }
        return answer;
    }
    let fresh = shared.ids.new_id();
    let (id, id_header) = request_id(fresh, request.headers());
    let language = request.headers().get(ACCEPT_LANGUAGE).map_or(Language::English, preferred);
    let trace = match request.extensions().get::<RequestInfo>() {
        // An operation of a batch is a part of what the batch does; nothing a client sends can set this.
        Some(batch) => batch.scope.trace.child(fresh),
        None => TraceContext::of(request.headers(), fresh),
    };
    let trace_id = trace.trace_id();
    let path = request.uri().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let per_cent = match (request.extensions().get::<RequestInfo>(), &shared.observer) {
        // A part is exported with its batch.
        (Some(batch), _) => batch.scope.per_cent(),
        (None, Some(observer)) => observer.begins(&trace),
        (None, None) => 0.0,
    };
    let scope = Arc::new(RequestScope::new(trace, id.clone(), method, route).exported(per_cent));
    let weight = Weight::of(scope.route(), request.extensions().get::<Verified>().is_some());
    let observed = shared.observer.as_ref().map(|observer| Observed::new(observer, &request));
    let line = Line::begin(scope.clone(), weight, observed);
    request.extensions_mut().insert(RequestInfo { id, language, scope: scope.clone() });
    if let Some(client) = shared.proxies.client(&request) {
        request.extensions_mut().insert(client);
    }
    let refused = host::refusal(&request).or_else(|| shared.proxies.refusal(&request));
    let response = if let Some(problem) = refused {
        problem.into_response()
    } else {
        match panics::caught(inner.call(request).instrument(line.span().clone())).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(panic) => {
                Problem::from(AppError::internal(format!("a handler panicked: {panic}"))).into_response()
            }
        }
    };
    let template = scope.route();
    let mut response = line.span().in_scope(|| {
        let instance = problem::instance(path.path(), template);
        let facts = Facts { instance: &instance, route: template, trace_id: trace_id.as_str(), language };
        problem::render(response, facts)
    });
    finish(response.headers_mut(), id_header, shared.hsts);
    line.answered(response)
}

/// The caller's request id if it is a sane one, otherwise a fresh one.
pub(super) fn request_id(fresh: Uuid, headers: &HeaderMap) -> (Arc<str>, Option<HeaderValue>) {
    if let Some(value) = headers.get(REQUEST_ID)
        && (1..=REQUEST_ID_LENGTH_MAX).contains(&value.len())
        && value.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && let Ok(text) = value.to_str()
    {
        return (Arc::from(text), Some(value.clone()));
    }
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    let text: &str = fresh.hyphenated().encode_lower(&mut buffer);
    (Arc::from(text), HeaderValue::from_str(text).ok())
}

/// Headers every answer has. A handler that set its own (pages, public documents) keeps them.
pub(super) fn finish(headers: &mut HeaderMap, id: Option<HeaderValue>, hsts: bool) {
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    if hsts {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
}
