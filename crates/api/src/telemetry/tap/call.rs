//! A call of another service, read from its event.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use domain::time::Timestamp;
use signals::event::Service;
use tracing::Event;
use tracing::field::{Field, Visit};

use super::RequestScope;
use crate::telemetry::secrets;

/// About what it takes beside its texts, in bytes.
const WEIGHT: usize = 256;
/// Longest text that is kept, in bytes; every destination keeps less.
const TEXT_BYTES_MAX: usize = 16 * 1024;

#[derive(Debug)]
pub struct Called {
    pub scope: Option<Arc<RequestScope>>,
    pub ended: Timestamp,
    pub service: Service,
    pub name: String,
    pub target: String,
    pub data: String,
    pub took: Duration,
    /// A status, or what went wrong.
    pub result: String,
    pub failed: bool,
}

impl Called {
    pub fn read(event: &Event<'_>, scope: Option<Arc<RequestScope>>, ended: Timestamp) -> Option<Self> {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { service, name, target, data, micros, result } = fields;
        let failed = *event.metadata().level() <= tracing::Level::WARN;
        let took = Duration::from_micros(micros);
        Some(Self { scope, ended, service: service?, name, target, data, took, result, failed })
    }

    pub fn weight(&self) -> usize {
        WEIGHT + self.name.len() + self.target.len() + self.data.len() + self.result.len()
    }
}

#[derive(Default)]
struct Fields {
    service: Option<Service>,
    name: String,
    target: String,
    data: String,
    micros: u64,
    result: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "reason" {
            self.result = secrets::hide(format!("{value:?}"));
            self.result.truncate(self.result.floor_char_boundary(TEXT_BYTES_MAX));
        }
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        let value = &value[..value.floor_char_boundary(TEXT_BYTES_MAX)];
        match field.name() {
            "service" => self.service = Service::of_name(value),
            "name" => value.clone_into(&mut self.name),
            "target" => value.clone_into(&mut self.target),
            "data" => value.clone_into(&mut self.data),
            _ => {}
        }
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "micros" => self.micros = value,
            "status" => self.result = value.to_string(),
            _ => {}
        }
    }
}
