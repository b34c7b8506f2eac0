//! Spans of requests, and below them spans of their calls of other services.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use signals::event::{Dependency, Origin, Request, Service};

use super::{nanos, pair, text};

/// Statuses from here on are the server's fault; a caller's is no error of a server span.
const SERVER_FAULT: u16 = 500;

pub fn of_request(request: &Request) -> Span {
    let Request { origin, began, took, method, route, url, status, problem, bytes } = request;
    let mut attributes = vec![
        text("http.request.method", method),
        text("http.route", route),
        text("url.full", url),
        pair("http.response.status_code", Value::IntValue(i64::from(*status))),
        pair("http.response.body.size", Value::IntValue(i64::try_from(*bytes).unwrap_or(i64::MAX))),
    ];
    attributes.extend(problem.as_ref().map(|problem| text("error.type", problem)));
    attributes.extend(common(origin));
    let failed = *status >= SERVER_FAULT || (*status < 400 && problem.is_some());
    Span {
        trace_id: origin.trace.to_vec(),
        span_id: origin.span.to_vec(),
        parent_span_id: origin.parent.map(|parent| parent.to_vec()).unwrap_or_default(),
        name: origin.operation.clone(),
        kind: SpanKind::Server as i32,
        start_time_unix_nano: nanos(*began),
        end_time_unix_nano: nanos(*began).saturating_add(u64::try_from(took.as_nanos()).unwrap_or_default()),
        attributes,
        status: failed.then(|| failure(problem.as_deref().unwrap_or_default())),
        flags: 1,
        ..Span::default()
    }
}

/// `None` where it belongs to no request: there is no trace it could be a part of.
pub fn of_dependency(dependency: &Dependency) -> Option<Span> {
    let Dependency { origin, id, began, took, service, name, target, data, result, succeeded } = dependency;
    let origin = origin.as_ref()?;
    let kind = if *service == Service::Itself { SpanKind::Internal } else { SpanKind::Client };
    let mut attributes = match service {
        Service::Sqlite | Service::SqlServer | Service::Redis => {
            let (server, database) = target.split_once(" | ").unwrap_or((target, ""));
            vec![
                text("db.system.name", service.name()),
                text("db.query.summary", name),
                text("db.query.text", data),
                text("server.address", server),
                text("db.namespace", database),
            ]
        }
        Service::Blob | Service::Http => vec![
            text("http.request.method", name.split(' ').next().unwrap_or_default()),
            text("url.full", data),
            text("server.address", target),
        ],
        Service::Itself => vec![text("http.route", data)],
    };
    if let Ok(status) = result.parse() {
        attributes.push(pair("http.response.status_code", Value::IntValue(status)));
    }
    attributes.extend(common(origin));
    let ended = nanos(*began).saturating_add(u64::try_from(took.as_nanos()).unwrap_or_default());
    Some(Span {
        trace_id: origin.trace.to_vec(),
        span_id: id.to_vec(),
        parent_span_id: origin.span.to_vec(),
        name: name.clone(),
        kind: kind as i32,
        start_time_unix_nano: nanos(*began),
        end_time_unix_nano: ended,
        attributes,
        status: (!succeeded).then(|| failure(result)),
        flags: 1,
        ..Span::default()
    })
}

fn failure(message: &str) -> Status {
    Status {
        message: super::super::text::cut(message, super::TEXT_MAX).to_owned(),
        code: StatusCode::Error as i32,
    }
}

fn common(origin: &Origin) -> impl Iterator<Item = opentelemetry_proto::tonic::common::v1::KeyValue> {
    let tenant = origin.tenant.as_ref().map(|tenant| text("erp.tenant.id", tenant));
    let user = origin.user.as_ref().map(|user| text("enduser.id", user));
    // Spans that are not all of them say for how many they stand.
    let stands_for = pair("sampling.percent", Value::DoubleValue(f64::from(origin.per_cent)));
    tenant.into_iter().chain(user).chain([stands_for])
}
