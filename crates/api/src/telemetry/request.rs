//! The facts about a request that every line inside it shows.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use axum::extract::MatchedPath;
use http::Method;
use tracing::Span;
use uuid::Uuid;

use super::trace::TraceContext;

/// The source of the line that sums up a request.
pub const REQUEST: &str = "erp::request";
/// Messages of that line.
pub const ANSWERED: &str = "HTTP {RequestMethod} {Route} responded {StatusCode} in {Elapsed} ms";
pub const FAILED: &str =
    "HTTP {RequestMethod} {Route} failed with {StatusCode} in {Elapsed} ms, trace {TraceId}";
pub const BROKEN_OFF: &str =
    "HTTP {RequestMethod} {Route} responded {StatusCode}, but the answer broke off after {Elapsed} ms";
pub const GIVEN_UP: &str = "HTTP {RequestMethod} {Route} was given up by its caller after {Elapsed} ms";
pub(super) const TEMPLATES: [&str; 4] = [ANSWERED, FAILED, BROKEN_OFF, GIVEN_UP];

/// The span that carries a [`RequestScope`].
pub(super) const SPAN: &str = "request";

/// Names of the properties, in the order in which lines show them.
pub(super) const PROPERTIES: [&str; 8] =
    ["RequestMethod", "Route", "TraceId", "SpanId", "ParentId", "RequestId", "TenantId", "UserId"];

/// One request. Its lines share it, so that a line costs no copies; texts are made where it is written.
#[derive(Debug)]
pub struct RequestScope {
    pub trace: TraceContext,
    pub request_id: Arc<str>,
    method: Method,
    route: Option<MatchedPath>,
    caller: OnceLock<(Uuid, Option<Uuid>)>,
    /// The share of such traces that is exported, in per cent; 0 if this one is not exported.
    per_cent: f32,
}

thread_local! {
    /// Handed to the layer while it is told of the new span.
    static OPENING: RefCell<Option<Arc<RequestScope>>> = const { RefCell::new(None) };
}

impl RequestScope {
    pub fn new(
        trace: TraceContext,
        request_id: Arc<str>,
        method: Method,
        route: Option<MatchedPath>,
    ) -> Self {
        Self { trace, request_id, method, route, caller: OnceLock::new(), per_cent: 0.0 }
    }

    /// Marks the request as one of the exported traces, which are `per_cent` of all.
    #[must_use]
    pub fn exported(mut self, per_cent: f32) -> Self {
        self.per_cent = per_cent;
        self
    }

    pub fn per_cent(&self) -> f32 {
        self.per_cent
    }

    /// Whether the events of the request are exported, even where nothing fails.
    pub fn is_exported(&self) -> bool {
        self.per_cent > 0.0
    }

    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The template of the route, never the path itself; `-` where there is none.
    pub fn route(&self) -> &str {
        self.route.as_ref().map_or("-", MatchedPath::as_str)
    }

    /// Notes the caller, once verified.
    pub fn signed_in(&self, tenant: Uuid, user: Option<Uuid>) {
        // The first answer stays: it is the same request.
        let _ = self.caller.set((tenant, user));
    }

    /// Tenant and user, once they are verified.
    pub fn caller(&self) -> Option<(Uuid, Option<Uuid>)> {
        self.caller.get().copied()
    }

    /// A span whose events carry this scope, wherever it is entered.
    pub fn span(self: &Arc<Self>) -> Span {
        OPENING.set(Some(self.clone()));
        let span = tracing::info_span!(target: REQUEST, SPAN);
        OPENING.set(None);
        span
    }

    pub(super) fn opening() -> Option<Arc<Self>> {
        OPENING.with_borrow(Clone::clone)
    }

    /// Hands the text of one of [`PROPERTIES`] on, if there is one.
    pub(super) fn with<T>(&self, index: usize, show: impl FnOnce(&str) -> T) -> Option<T> {
        let mut buffer = Uuid::encode_buffer();
        let text = match PROPERTIES.get(index).copied()? {
            "RequestMethod" => self.method.as_str(),
            "Route" => self.route(),
            "TraceId" => return Some(show(self.trace.trace_id().as_str())),
            "SpanId" => return Some(show(self.trace.span_id().as_str())),
            "ParentId" => return self.trace.parent_id().map(|id| show(id.as_str())),
            "RequestId" => &self.request_id,
            "TenantId" => self.caller.get()?.0.hyphenated().encode_lower(&mut buffer),
            _ => self.caller.get()?.1?.hyphenated().encode_lower(&mut buffer),
        };
        Some(show(text))
    }
}
