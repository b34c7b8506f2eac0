//! The requests received: tests count them and look at their headers. Tokens and signatures are not kept.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use serde::Serialize;

use crate::faults::Service;

/// Requests remembered; older ones are forgotten.
pub const REQUESTS_MAX: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub service: Service,
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// `Bearer`, `HMAC-SHA256`, or nothing.
    pub scheme: Option<String>,
    pub if_none_match: Option<String>,
    pub sync_token: Option<String>,
    pub traceparent: Option<String>,
    pub status: u16,
}

#[derive(Default)]
pub struct Requests {
    seen: Mutex<VecDeque<Request>>,
}

impl Requests {
    pub(crate) fn add(&self, request: Request) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() == REQUESTS_MAX {
            seen.pop_front();
        }
        seen.push_back(request);
    }

    pub fn all(&self) -> Vec<Request> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The request without its answer yet.
pub(crate) fn described(service: Service, method: &str, target: &str, headers: &HeaderMap) -> Request {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Request {
        service,
        method: method.to_owned(),
        target: target.to_owned(),
        scheme: text("authorization").and_then(|value| value.split(' ').next()).map(str::to_owned),
        if_none_match: text("if-none-match").map(str::to_owned),
        sync_token: text("sync-token").map(str::to_owned),
        traceparent: text("traceparent").map(str::to_owned),
        status: 0,
    }
}
