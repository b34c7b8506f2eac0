//! Refusing at the door: when the server is so far behind that whatever arrives is refused, nothing of a request need be
//! known but its path and method. The cheaper this is, the more is left for those that are served.

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Ids;
use axum::response::{IntoResponse, Response};
use domain::error::Language;
use http::Request;
use http::header::ACCEPT_LANGUAGE;
use hyper::body::Body;

use super::body;
use super::edge::{finish, request_id};
use super::guard::Verified;
use crate::extract::language::preferred;
use crate::overload::{Admission, Class};
use crate::problem::{self, Facts, OVERLOADED, Problem};
use crate::telemetry::TraceContext;

/// Every path of health begins so.
const HEALTH_BASE: &str = "/health";

/// Clones share it.
#[derive(Clone)]
pub struct Shed {
    admission: Admission,
    ids: Arc<dyn Ids>,
    hsts: bool,
}

/// The answer to a refused request, and how long it is held back.
pub struct Refusal {
    pub answer: Response,
    pub held: Duration,
}

impl Shed {
    pub fn new(admission: Admission, ids: Arc<dyn Ids>, hsts: bool) -> Self {
        Self { admission, ids, hsts }
    }

    /// `None` where the request may be served. An operation of a batch is part of a request that has its place already;
    /// health must answer under load, too.
    pub fn refusal<B: Body>(&self, request: &Request<B>) -> Option<Refusal> {
        let class = if request.method().is_safe() { Class::Read } else { Class::Write };
        let refused = !request.uri().path().starts_with(HEALTH_BASE)
            && request.extensions().get::<Verified>().is_none()
            && self.admission.refuses_all(class);
        if !refused {
            return None;
        }
        self.admission.refused().add();
        let fresh = self.ids.new_id();
        let (_, id_header) = request_id(fresh, request.headers());
        let trace_id = TraceContext::of(request.headers(), fresh).trace_id();
        let language = request.headers().get(ACCEPT_LANGUAGE).map_or(Language::English, preferred);
        // No route is known yet, and none is asked for.
        let route = "-";
        let instance = problem::instance(request.uri().path(), route);
        let facts = Facts { instance: &instance, route, trace_id: trace_id.as_str(), language };
        let mut answer = problem::render(Problem::of(&OVERLOADED).into_response(), facts);
        finish(answer.headers_mut(), id_header, self.hsts);
        Some(Refusal { answer, held: self.admission.held(body::declared(request.body())) })
    }
}
