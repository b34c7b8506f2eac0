//! The numbers of the running process, for Prometheus and telemetry.

pub mod defs;
pub mod observing;
pub mod process;
mod reference;
mod routes;
pub mod targets;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use signals::{Family, Registry};

pub use reference::metrics_markdown;
pub use routes::Routes;

/// Every metric with what it is read from; clones share it.
#[derive(Clone, Default)]
pub struct Metrics(Arc<Registry>);

impl Metrics {
    pub fn new(registry: Registry) -> Self {
        Self(Arc::new(registry))
    }

    pub fn read(&self) -> Vec<Family> {
        self.0.read()
    }

    /// As Prometheus scrapes them.
    pub fn answer(&self) -> Response {
        ([(CONTENT_TYPE, signals::CONTENT_TYPE)], signals::text(&self.read())).into_response()
    }
}
