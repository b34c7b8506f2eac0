//! From what was handed over to events, on the thread that exports.

use http::Uri;
use serde_json::Value;
use sha2::{Digest, Sha256};
use signals::Event;
use signals::event::{Dependency, Field, Log, Micros, Origin, Request, Service, Severity};
use uuid::Uuid;

use super::{Address, Answered, Called, Item, RequestScope};
use crate::telemetry::levels::Level;
use crate::telemetry::record::{Enrichers, Record};
use crate::telemetry::{message, request};

/// A part of a path that is a secret: only its template is exported.
const SECRET_PART: &str = "{token}";
/// Bytes of a hashed id.
const HASH_BYTES: usize = 16;

/// Whether ids of users are exported (H7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserIds {
    #[default]
    Plain,
    /// A hash: the same for the same user, and of no use to anybody else.
    Hashed,
    Off,
}

/// How things are called outside.
#[derive(Debug, Clone)]
pub struct Naming {
    pub enrichers: Enrichers,
    pub user_ids: UserIds,
    /// In front of a host.
    pub scheme: &'static str,
    /// The number of calls; they need an id of their own.
    pub calls: u64,
}

impl Naming {
    pub fn event(&mut self, item: Item) -> Event {
        match item {
            Item::Request(answered) => self.request(*answered),
            Item::Call(called) => Event::Dependency(self.dependency(*called)),
            Item::Log(record) => Event::Log(self.log(&record)),
        }
    }

    fn origin(&self, scope: &RequestScope, per_cent: f32) -> Origin {
        let caller = scope.caller();
        Origin {
            trace: scope.trace.trace(),
            span: scope.trace.span(),
            parent: scope.trace.parent(),
            operation: format!("{} {}", scope.method(), scope.route()),
            tenant: caller.map(|(tenant, _)| tenant.to_string()),
            user: caller.and_then(|(_, user)| self.user(user?)),
            per_cent,
        }
    }

    /// An event of a request stands for as many as the request does; a failure that was kept by itself stands for
    /// itself.
    fn origin_of(&self, scope: &RequestScope) -> Origin {
        self.origin(scope, if scope.is_exported() { scope.per_cent() } else { 100.0 })
    }

    fn user(&self, user: Uuid) -> Option<String> {
        match self.user_ids {
            UserIds::Plain => Some(user.to_string()),
            UserIds::Hashed => {
                let digest = Sha256::digest([b"user:", user.as_bytes().as_slice()].concat());
                Some(domain::hex::hex(&digest[..HASH_BYTES]))
            }
            UserIds::Off => None,
        }
    }

    fn request(&mut self, answered: Answered) -> Event {
        let Answered { scope, address, part, status, took, bytes, problem, ended, per_cent } = answered;
        let mut origin = self.origin(&scope, per_cent);
        let began = ended.micros() - micros(took);
        if part {
            let (id, name) = (origin.span, origin.operation.clone());
            if let Some(batch) = origin.parent {
                origin.span = batch;
            }
            return Event::Dependency(Dependency {
                origin: Some(origin),
                id,
                began,
                took,
                service: Service::Itself,
                target: "batch".to_owned(),
                data: name.clone(),
                name,
                result: status.to_string(),
                succeeded: status < 400,
            });
        }
        Event::Request(Request {
            origin,
            began,
            took,
            method: scope.method().to_string(),
            route: scope.route().to_owned(),
            url: self.url(&address, scope.route()),
            status,
            problem,
            bytes,
        })
    }

    /// The address without its query. A path that no operation serves, or that has a secret in it, is shown only as
    /// far as it is known.
    fn url(&self, address: &Address, route: &str) -> String {
        let host = address.host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or("-");
        let path = match route {
            "-" => "",
            route if route.contains(SECRET_PART) => route,
            _ => Uri::path(&address.uri),
        };
        format!("{}://{host}{path}", self.scheme)
    }

    fn dependency(&mut self, called: Called) -> Dependency {
        self.calls = self.calls.wrapping_add(1);
        let Called { scope, ended, service, name, target, data, took, result, failed } = called;
        let origin = scope.map(|scope| self.origin_of(&scope));
        let of = origin.as_ref().map_or(0, |origin| u64::from_be_bytes(origin.span));
        Dependency {
            id: fresh(of, self.calls),
            origin,
            began: ended.micros() - micros(took),
            took,
            service,
            name,
            target,
            data,
            result,
            succeeded: !failed,
        }
    }

    fn log(&self, record: &Record) -> Log {
        let mut text = String::new();
        message::message(record, &self.enrichers, &mut text);
        Log {
            origin: record.request.as_ref().map(|scope| self.origin_of(scope)),
            time: record.time.micros(),
            severity: severity(record.level),
            source: record.source.to_owned(),
            template: record.template.clone().into_owned(),
            message: text,
            fields: record
                .properties
                .iter()
                .map(|(name, value)| ((*name).to_owned(), field(value)))
                .collect(),
            exception: record.exception.clone(),
            of_request: request::TEMPLATES.contains(&&*record.template),
        }
    }
}

fn micros(took: std::time::Duration) -> Micros {
    Micros::try_from(took.as_micros()).unwrap_or(Micros::MAX)
}

/// An id that no other call of this request has; never zero.
fn fresh(span: u64, number: u64) -> [u8; 8] {
    let mixed = (span ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 31)) | 1).to_be_bytes()
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Verbose => Severity::Verbose,
        Level::Debug => Severity::Debug,
        Level::Information => Severity::Information,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
        Level::Fatal => Severity::Fatal,
    }
}

fn field(value: &Value) -> Field {
    match value {
        Value::String(text) => Field::Text(text.clone()),
        Value::Bool(truth) => Field::Truth(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Field::Whole(whole),
            (None, Some(number)) => Field::Number(number),
            (None, None) => Field::Text(number.to_string()),
        },
        other => Field::Text(other.to_string()),
    }
}

#[cfg(test)]
pub(super) fn tests_url(naming: &Naming, address: &Address, route: &str) -> String {
    naming.url(address, route)
}
