//! OpenTelemetry's own protocol, in protobuf over HTTP: logs, traces and metrics, each to an address of its own.

mod logs;
mod metrics;
mod traces;

use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use signals::event::{Field, Micros};

use super::Identity;

pub use logs::record;
pub use metrics::numbers;
pub use traces::{of_dependency, of_request};

/// A field as it is shortened in every destination, in characters.
const TEXT_MAX: usize = 8_192;

fn nanos(micros: Micros) -> u64 {
    u64::try_from(micros).unwrap_or_default().saturating_mul(1_000)
}

fn text(key: &str, value: &str) -> KeyValue {
    let value = super::text::cut(value, TEXT_MAX).to_owned();
    pair(key, Value::StringValue(value))
}

fn pair(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn of_field(key: &str, field: &Field) -> KeyValue {
    match field {
        Field::Text(value) => text(key, value),
        Field::Whole(value) => pair(key, Value::IntValue(*value)),
        Field::Number(value) => pair(key, Value::DoubleValue(*value)),
        Field::Truth(value) => pair(key, Value::BoolValue(*value)),
    }
}

fn resource(identity: &Identity) -> Option<Resource> {
    let attributes = vec![
        text("service.name", &identity.application),
        text("service.version", &identity.version),
        text("service.instance.id", &identity.instance),
        text("deployment.environment.name", &identity.environment),
    ];
    Some(Resource { attributes, ..Resource::default() })
}

fn scope(identity: &Identity) -> Option<InstrumentationScope> {
    let (name, version) = (identity.application.clone(), identity.version.clone());
    Some(InstrumentationScope { name, version, ..InstrumentationScope::default() })
}

pub fn logs_request(identity: &Identity, log_records: Vec<LogRecord>) -> Vec<u8> {
    let logs = ScopeLogs { scope: scope(identity), log_records, ..ScopeLogs::default() };
    let resource_logs =
        ResourceLogs { resource: resource(identity), scope_logs: vec![logs], ..ResourceLogs::default() };
    ExportLogsServiceRequest { resource_logs: vec![resource_logs] }.encode_to_vec()
}

pub fn traces_request(identity: &Identity, spans: Vec<Span>) -> Vec<u8> {
    let spans = ScopeSpans { scope: scope(identity), spans, ..ScopeSpans::default() };
    let resource_spans =
        ResourceSpans { resource: resource(identity), scope_spans: vec![spans], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource_spans] }.encode_to_vec()
}

pub fn metrics_request(identity: &Identity, metrics: Vec<Metric>) -> Vec<u8> {
    let metrics = ScopeMetrics { scope: scope(identity), metrics, ..ScopeMetrics::default() };
    let resource_metrics = ResourceMetrics {
        resource: resource(identity),
        scope_metrics: vec![metrics],
        ..ResourceMetrics::default()
    };
    ExportMetricsServiceRequest { resource_metrics: vec![resource_metrics] }.encode_to_vec()
}

/// How many the answer to logs says were refused; an answer that cannot be read says nothing.
pub fn refused_logs(body: &[u8]) -> usize {
    let answer = ExportLogsServiceResponse::decode(body).unwrap_or_default();
    answer.partial_success.map_or(0, |partial| count(partial.rejected_log_records))
}

pub fn refused_spans(body: &[u8]) -> usize {
    let answer = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    answer.partial_success.map_or(0, |partial| count(partial.rejected_spans))
}

pub fn refused_points(body: &[u8]) -> usize {
    let answer = ExportMetricsServiceResponse::decode(body).unwrap_or_default();
    answer.partial_success.map_or(0, |partial| count(partial.rejected_data_points))
}

fn count(refused: i64) -> usize {
    usize::try_from(refused).unwrap_or_default()
}

/// Whether a batch answered with this status may be taken later, as the protocol defines it.
pub fn retried_later(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}
