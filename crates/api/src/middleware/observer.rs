//! Observers that are told of every request: metrics and telemetry.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use http::header::HOST;

use super::answered::Weight;
use crate::telemetry::tap::Address;
use crate::telemetry::{RequestScope, TraceContext};

/// A request that has ended, however that came about.
#[derive(Debug, Clone, Copy)]
pub struct Served<'a> {
    pub scope: &'a Arc<RequestScope>,
    pub weight: Weight,
    /// 499 where the caller went away before there was an answer.
    pub status: u16,
    pub took: Duration,
    pub bytes: u64,
    /// The code of its problem, or why there was no whole answer.
    pub problem: Option<&'a str>,
    pub address: &'a Address,
}

/// Told about every request on its own thread; must be quick.
pub trait Observer: Send + Sync {
    /// A request begins: how large the part of such traces is that is exported, in per cent; 0 where this one is not.
    fn begins(&self, trace: &TraceContext) -> f32;
    fn ended(&self, served: &Served<'_>);
}

/// An observer and what it will be told of the request besides how it ends.
pub struct Observed {
    pub observer: Arc<dyn Observer>,
    pub address: Address,
}

impl Observed {
    pub fn new(observer: &Arc<dyn Observer>, request: &Request) -> Self {
        // Both share their bytes with the request.
        let address = Address { uri: request.uri().clone(), host: request.headers().get(HOST).cloned() };
        Self { observer: observer.clone(), address }
    }
}
