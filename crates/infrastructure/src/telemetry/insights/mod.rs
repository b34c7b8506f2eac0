//! Envelopes of Application Insights (GV9), one a line. Limits are in characters.

mod answer;

use application::ports::configuration::SecretText;
use serde_json::{Map, Value, json};
use signals::Reading;
use signals::event::{Dependency, Event, Field, Log, Micros, Origin, Request, Service, Severity};

use super::Identity;
use super::text::{cut, duration, hex, moment};

pub use answer::{Judged, judge, retried_later};

const NAME_MAX: usize = 1_024;
const URL_MAX: usize = 2_048;
const DATA_MAX: usize = 8_192;
const MESSAGE_MAX: usize = 32_768;
const KEY_MAX: usize = 150;
const VALUE_MAX: usize = 8_192;
const ROLE_MAX: usize = 256;
const VERSION: u8 = 2;

/// Makes the envelopes of one resource.
pub struct Envelopes {
    pub key: SecretText,
    pub identity: Identity,
}

impl Envelopes {
    /// The lines of an event; none for what has no place there.
    pub fn of(&self, event: &Event) -> Vec<String> {
        match event {
            Event::Request(request) => vec![self.request(request)],
            Event::Dependency(dependency) => vec![self.dependency(dependency)],
            // The request has an envelope of its own.
            Event::Log(log) if log.of_request && log.exception.is_none() => Vec::new(),
            Event::Log(log) => vec![self.log(log)],
            Event::Numbers { time, families, .. } => {
                let exported =
                    families.iter().filter_map(|family| Some((family.metric.exported?, &family.samples)));
                let numbers =
                    exported.flat_map(|(name, samples)| samples.iter().map(move |sample| (name, sample)));
                let numbers = numbers.filter_map(|(name, sample)| match sample.reading {
                    Reading::Number(value) => Some(self.number(*time, name, value)),
                    Reading::Durations(_) => None,
                });
                numbers.collect()
            }
        }
    }

    fn request(&self, request: &Request) -> String {
        let origin = &request.origin;
        let mut data = json!({
            "ver": VERSION,
            "id": hex(&origin.span),
            "name": cut(&origin.operation, NAME_MAX),
            "duration": duration(request.took),
            "responseCode": request.status.to_string(),
            "success": request.succeeded(),
            "url": cut(&request.url, URL_MAX),
        });
        let mut properties = self.properties(Some(origin));
        if let Some(problem) = &request.problem {
            put(&mut properties, "Problem", problem);
        }
        data["properties"] = Value::Object(properties);
        self.envelope("Request", "RequestData", request.began, Some((origin, origin.parent.as_ref())), data)
    }

    fn dependency(&self, dependency: &Dependency) -> String {
        let Dependency { origin, id, began, took, service, name, target, data, result, succeeded } =
            dependency;
        let body = json!({
            "ver": VERSION,
            "id": hex(id),
            "name": cut(name, NAME_MAX),
            "resultCode": cut(result, NAME_MAX),
            "duration": duration(*took),
            "success": succeeded,
            "data": cut(data, DATA_MAX),
            "type": kind(*service),
            "target": cut(target, NAME_MAX),
            "properties": self.properties(origin.as_ref()),
        });
        let of = origin.as_ref().map(|origin| (origin, Some(&origin.span)));
        self.envelope("RemoteDependency", "RemoteDependencyData", *began, of, body)
    }

    fn log(&self, log: &Log) -> String {
        let mut properties = self.properties(log.origin.as_ref());
        put(&mut properties, "Source", &log.source);
        for (name, field) in &log.fields {
            match field {
                Field::Text(text) => put(&mut properties, name, text),
                Field::Whole(number) => put(&mut properties, name, &number.to_string()),
                Field::Number(number) => put(&mut properties, name, &number.to_string()),
                Field::Truth(truth) => put(&mut properties, name, &truth.to_string()),
            }
        }
        let severity = severity(log.severity);
        let of = log.origin.as_ref().map(|origin| (origin, Some(&origin.span)));
        let Some(exception) = &log.exception else {
            let data = json!({
                "ver": VERSION,
                "message": cut(&log.message, MESSAGE_MAX),
                "severityLevel": severity,
                "properties": properties,
            });
            return self.envelope("Message", "MessageData", log.time, of, data);
        };
        put(&mut properties, "Message", &log.message);
        let data = json!({
            "ver": VERSION,
            "exceptions": chain(exception, &log.source),
            "severityLevel": severity,
            "properties": properties,
        });
        self.envelope("Exception", "ExceptionData", log.time, of, data)
    }

    fn number(&self, time: Micros, name: &str, value: f64) -> String {
        let data = json!({
            "ver": VERSION,
            "metrics": [{ "name": cut(name, NAME_MAX), "kind": 0, "value": value, "count": 1 }],
            "properties": self.properties(None),
        });
        self.envelope("Metric", "MetricData", time, None, data)
    }

    /// The properties of every item (H6), with its user and tenant (H7).
    fn properties(&self, origin: Option<&Origin>) -> Map<String, Value> {
        let mut properties = Map::new();
        put(&mut properties, "Environment", &self.identity.environment);
        put(&mut properties, "Version", &self.identity.version);
        if let Some(user) = origin.and_then(|origin| origin.user.as_ref()) {
            put(&mut properties, "UserId", user);
        }
        if let Some(tenant) = origin.and_then(|origin| origin.tenant.as_ref()) {
            put(&mut properties, "TenantId", tenant);
        }
        properties
    }

    fn envelope(
        &self,
        name: &str,
        base: &str,
        time: Micros,
        of: Option<(&Origin, Option<&[u8; 8]>)>,
        data: Value,
    ) -> String {
        let mut tags = Map::new();
        let mut tag = |name: &str, value: &str, max| tags.insert(name.to_owned(), cut(value, max).into());
        tag("ai.application.ver", &self.identity.version, NAME_MAX);
        tag("ai.cloud.role", &self.identity.application, ROLE_MAX);
        tag("ai.cloud.roleInstance", &self.identity.instance, ROLE_MAX);
        if let Some((origin, parent)) = of {
            tag("ai.operation.id", &hex(&origin.trace), NAME_MAX);
            tag("ai.operation.name", &origin.operation, NAME_MAX);
            if let Some(parent) = parent {
                tag("ai.operation.parentId", &hex(parent), NAME_MAX);
            }
            if let Some(user) = &origin.user {
                tag("ai.user.authUserId", user, NAME_MAX);
            }
        }
        let envelope = json!({
            "name": format!("Microsoft.ApplicationInsights.{name}"),
            "time": moment(time),
            "sampleRate": of.map_or(100.0, |(origin, _)| f64::from(origin.per_cent)),
            "iKey": self.key.expose(),
            "tags": tags,
            "data": { "baseType": base, "baseData": data },
        });
        envelope.to_string()
    }
}

fn put(properties: &mut Map<String, Value>, name: &str, value: &str) {
    let name = cut(name, KEY_MAX);
    // Properties that every item has are not overwritten.
    if !properties.contains_key(name) {
        properties.insert(name.to_owned(), cut(value, VALUE_MAX).into());
    }
}

/// The exceptions of an error whose causes are one a line, the outermost first.
fn chain(text: &str, source: &str) -> Value {
    let parts = text.split("\n ---> ").enumerate().map(|(index, message)| {
        let mut part = json!({
            "id": index + 1,
            "typeName": cut(source, NAME_MAX),
            "message": cut(message, MESSAGE_MAX),
            "hasFullStack": index == 0,
        });
        if index > 0 {
            part["outerId"] = index.into();
        } else {
            part["stack"] = cut(text, MESSAGE_MAX).into();
        }
        part
    });
    parts.collect()
}

fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Verbose | Severity::Debug => 0,
        Severity::Information => 1,
        Severity::Warning => 2,
        Severity::Error => 3,
        Severity::Fatal => 4,
    }
}

fn kind(service: Service) -> &'static str {
    match service {
        Service::Sqlite | Service::SqlServer => "SQL",
        Service::Redis => "Redis",
        Service::Blob => "Azure blob",
        Service::Http => "Http",
        Service::Itself => "InProc",
    }
}

#[cfg(test)]
mod tests;
