//! Log events. A log server that knows message templates finds the template beside the message.

use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use signals::event::{Log, Severity};

use super::{nanos, of_field, text};
use crate::telemetry::text::cut;

/// Longest message, in characters.
const MESSAGE_MAX: usize = 32_768;
/// The trace is recorded.
const SAMPLED: u32 = 1;

pub fn record(log: &Log) -> LogRecord {
    let (severity_number, severity_text) = match log.severity {
        Severity::Verbose => (1, "Verbose"),
        Severity::Debug => (5, "Debug"),
        Severity::Information => (9, "Information"),
        Severity::Warning => (13, "Warning"),
        Severity::Error => (17, "Error"),
        Severity::Fatal => (21, "Fatal"),
    };
    let mut attributes: Vec<_> = log.fields.iter().map(|(name, field)| of_field(name, field)).collect();
    attributes.push(text("message_template.text", &log.template));
    attributes.push(text("SourceContext", &log.source));
    if let Some(exception) = &log.exception {
        let message = exception.lines().next().unwrap_or_default();
        attributes.push(text("exception.type", &log.source));
        attributes.push(text("exception.message", message));
        attributes.push(text("exception.stacktrace", exception));
    }
    let (mut trace_id, mut span_id, mut flags) = (Vec::new(), Vec::new(), 0);
    if let Some(origin) = &log.origin {
        (trace_id, span_id, flags) = (origin.trace.to_vec(), origin.span.to_vec(), SAMPLED);
        attributes.push(text("Operation", &origin.operation));
        attributes.extend(origin.tenant.as_ref().map(|tenant| text("TenantId", tenant)));
        attributes.extend(origin.user.as_ref().map(|user| text("UserId", user)));
    }
    let message = Value::StringValue(cut(&log.message, MESSAGE_MAX).to_owned());
    LogRecord {
        time_unix_nano: nanos(log.time),
        observed_time_unix_nano: nanos(log.time),
        severity_number,
        severity_text: severity_text.to_owned(),
        body: Some(AnyValue { value: Some(message) }),
        attributes,
        flags,
        trace_id,
        span_id,
        ..LogRecord::default()
    }
}
