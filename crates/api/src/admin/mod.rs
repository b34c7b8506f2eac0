//! The admin listener: health in full, log levels, and what the process is doing. A router of its own on an address of its
//! own, which asks nobody who they are: whoever reaches it is an operator (docs/adr/0044).

mod backups;
mod debug;
mod log_level;
mod reach;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use application::ports::clock::{Clock, Ids};
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router, middleware};

use crate::health::router_with_access;
use crate::middleware::body_limit::BodyLimit;
use crate::middleware::host::from_connections;
use crate::middleware::{EdgeLayer, HttpLimits, Shed};
use crate::operating::Operating;
use crate::overload::{Limits, Overload, WriterQueue};
use crate::problem::{METHOD_NOT_ALLOWED, Problem, ROUTE_NOT_FOUND};
use crate::resources::Resources;

/// Connections at the same time: operators and what collects for them.
pub const CONNECTIONS_MAX: usize = 32;
/// Bodies and answers of this listener in memory, apart from those of the API.
pub const BYTES_MAX: usize = 8 << 20;
/// Largest body.
const BODY: BodyLimit = BodyLimit { name: "admin_body_bytes_max", bytes_max: 16 << 10, buffered: true };

/// The parts of the process that the endpoints show or change.
#[derive(Clone)]
pub struct AdminState {
    pub operating: Operating,
    /// The limits of the API, which this listener shows and is not under.
    pub overload: Overload,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// As Prometheus scrapes them.
async fn metrics(State(state): State<AdminState>) -> Response {
    state.operating.metrics.answer()
}

/// The limits of this listener itself: when the API is overloaded, operators still get in.
pub fn overload() -> Overload {
    let limits = Limits { bytes_max: Some(BYTES_MAX), ..Limits::default() };
    Overload::new(limits, Resources::of_process(), WriterQueue::default())
}

/// Everything this listener answers. It MUST NOT be merged into the router of the API.
pub fn router(state: AdminState) -> Router {
    let hsts = HttpLimits::default().hsts;
    let shed = Shed::new(overload().admission, state.ids.clone(), hsts);
    let edge = EdgeLayer::new(state.ids.clone(), shed, hsts, None);
    let health = router_with_access(state.operating.health.for_operators());
    Router::new()
        .route("/admin/log-level", get(log_level::read).put(log_level::change).delete(log_level::end))
        .route("/admin/backups", get(backups::list).post(backups::take))
        .route("/debug/build", get(debug::build))
        .route("/debug/config", get(debug::config))
        .route("/debug/overload", get(debug::overload))
        .route("/metrics", get(metrics))
        .with_state(state)
        .merge(health)
        .fallback(|| async { Problem::of(&ROUTE_NOT_FOUND) })
        .method_not_allowed_fallback(|| async { Problem::of(&METHOD_NOT_ALLOWED) })
        .layer(DefaultBodyLimit::disable())
        .layer(Extension(BODY))
        .layer(middleware::from_fn(reach::refuse_strangers))
        .layer(edge)
        .layer(from_connections())
}
