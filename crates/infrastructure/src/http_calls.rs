//! Calls of other services over HTTP, as telemetry sees them.

use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue};
use signals::event::Service;
use signals::{Call, Outcome, TRACEPARENT, TraceParent};

/// A call in progress. Its address is shown without the query, which may hold a signature.
pub struct HttpCall {
    service: Service,
    name: String,
    target: String,
    data: String,
    began: Instant,
}

impl HttpCall {
    pub fn begin(service: Service, method: &str, url: &str) -> Self {
        let data = url.split(['?', '#']).next().unwrap_or_default();
        let rest = data.split_once("://").map_or(data, |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        // A password does not belong there; if there were one, it would be in every trace.
        let target = host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned();
        let data = if host.contains('@') { target.clone() } else { data.to_owned() };
        Self { service, name: format!("{method} {target}"), target, data, began: Instant::now() }
    }

    /// The header by which the other service goes on with the trace of the request that is worked on here.
    pub fn trace_header(&self) -> Option<(HeaderName, HeaderValue)> {
        let value = HeaderValue::from_str(&TraceParent::current()?.header()).ok()?;
        Some((HeaderName::from_static(TRACEPARENT), value))
    }

    pub fn answered(self, status: u16) {
        self.ended(Outcome::Answered(status));
    }

    pub fn failed(self, reason: &dyn std::fmt::Display) {
        self.ended(Outcome::Failed(reason));
    }

    fn ended(&self, outcome: Outcome<'_>) {
        let took: Duration = self.began.elapsed();
        let Self { service, name, target, data, .. } = self;
        Call { service: *service, name, target, data, took, outcome }.ended();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_its_secrets_stay_here() {
        let told = |url: &str| {
            let call = HttpCall::begin(Service::Blob, "GET", url);
            (call.name, call.target, call.data)
        };
        let (name, target, data) = told("https://erp.blob.core.windows.net/erp/x/1?sig=secret#y");
        assert_eq!(
            (name.as_str(), target.as_str()),
            ("GET erp.blob.core.windows.net", "erp.blob.core.windows.net")
        );
        assert_eq!(data, "https://erp.blob.core.windows.net/erp/x/1");
        let (_, target, data) = told("http://user:secret@127.0.0.1:1/x");
        assert_eq!((target.as_str(), data.as_str()), ("127.0.0.1:1", "127.0.0.1:1"));
    }
}
