//! The numbers of the running process, for Prometheus and telemetry.

pub mod defs;
pub mod history;
pub mod observing;
pub mod process;
mod reference;
mod routes;
pub mod targets;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use signals::{Family, Metric, Reading, Registry};

pub use history::{History, Point};
pub use reference::metrics_markdown;
pub use routes::Routes;

/// Every metric with its source; clones share it.
#[derive(Clone, Default)]
pub struct Metrics(Arc<Registry>);

impl Metrics {
    pub fn new(registry: Registry) -> Self {
        Self(Arc::new(registry))
    }

    pub fn read(&self) -> Vec<Family> {
        self.0.read()
    }

    /// The values of a metric that is no histogram, each with its labels.
    pub fn of(&self, metric: &Metric) -> Vec<(Vec<String>, f64)> {
        let samples = self.0.read_one(metric).into_iter().filter_map(|sample| {
            let Reading::Number(value) = sample.reading else { return None };
            Some((sample.labels.into_iter().map(|label| label.into_owned()).collect(), value))
        });
        samples.collect()
    }

    /// The value of a metric without labels; `None` where it has none just now.
    pub fn number(&self, metric: &Metric) -> Option<f64> {
        self.of(metric).first().map(|(_, value)| *value)
    }

    /// The metrics in the format that Prometheus scrapes.
    pub fn answer(&self) -> Response {
        ([(CONTENT_TYPE, signals::CONTENT_TYPE)], signals::text(&self.read())).into_response()
    }
}
