//! The events that may be exported: they are handed over as they are, and the exporter makes messages of them.
//! Nothing at all is made for those left out: the successes of traces that are not among the few exported ones.

mod call;
mod convert;

use std::sync::Arc;
use std::time::Duration;

use domain::time::Timestamp;
use http::{HeaderValue, Uri};
use signals::{Fed, Feed, Handed, Rate};
use tracing::Event;

use self::call::Called;
use super::levels::Level;
use super::record::Record;
use super::request::RequestScope;
use super::trace::TraceContext;

pub use self::convert::{Naming, UserIds};

/// How many times more traces are exported if the caller records them as well, since they would have holes otherwise.
/// Not all of them, or callers would decide how much is exported.
const FOLLOWED: f64 = 10.0;
/// Refused requests (4xx) a second up to which all are exported. Above it a part is, since not every one of a flood
/// is needed.
const REFUSALS_PER_SECOND: f64 = 200.0;
/// About what a request takes until it is exported, in bytes, beside its scope.
const REQUEST_WEIGHT: usize = 1_024;

/// Where the request was sent to.
#[derive(Debug, Clone, Default)]
pub struct Address {
    pub uri: Uri,
    pub host: Option<HeaderValue>,
}

/// A request that has ended.
#[derive(Debug)]
pub struct Answered {
    pub scope: Arc<RequestScope>,
    pub address: Address,
    /// An operation of a batch.
    pub part: bool,
    pub status: u16,
    pub took: Duration,
    pub bytes: u64,
    /// The code of its problem, or why there was no whole answer.
    pub problem: Option<String>,
    ended: Timestamp,
    per_cent: f32,
}

/// Something to be exported.
#[derive(Debug)]
pub enum Item {
    Request(Box<Answered>),
    Call(Box<Called>),
    Log(Arc<Record>),
}

impl Handed for Item {
    fn weight(&self) -> usize {
        match self {
            Self::Request(answered) => REQUEST_WEIGHT + answered.address.uri.path().len(),
            Self::Call(called) => called.weight(),
            Self::Log(record) => record.weight(),
        }
    }

    fn matters(&self) -> bool {
        match self {
            Self::Request(answered) => answered.status >= 500,
            Self::Call(called) => called.failed,
            Self::Log(record) => record.level >= Level::Warning,
        }
    }
}

/// How a request went, as whoever answered it knows it.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    pub status: u16,
    pub took: Duration,
    pub bytes: u64,
    pub problem: Option<&'a str>,
    pub part: bool,
}

struct Shared {
    feed: Feed<Item>,
    /// Traces that begin here.
    roots: Rate,
    /// Traces that a caller records as well.
    followed: Rate,
    refused: Rate,
    now: super::Time,
}

/// Clones are the same tap.
#[derive(Clone)]
pub struct Tap(Arc<Shared>);

impl Tap {
    /// The tap, and the end at which what it gives is exported.
    pub fn new(traces_per_second: f64, now: super::Time) -> (Self, Fed<Item>) {
        let (feed, fed) = Feed::new();
        let shared = Shared {
            feed,
            roots: Rate::per_second(traces_per_second),
            followed: Rate::per_second(traces_per_second * FOLLOWED),
            refused: Rate::per_second(REFUSALS_PER_SECOND),
            now,
        };
        (Self(Arc::new(shared)), fed)
    }

    pub fn feed(&self) -> &Feed<Item> {
        &self.0.feed
    }

    /// Whether telemetry is exported to any destination.
    pub fn is_open(&self) -> bool {
        self.0.feed.is_open()
    }

    /// Begins or ceases to hand over.
    pub fn open(&self, open: bool) {
        self.0.feed.open(open);
        tracing::callsite::rebuild_interest_cache();
    }

    pub fn set_traces_per_second(&self, rate: f64) {
        self.0.roots.set_target(rate);
        self.0.followed.set_target(rate * FOLLOWED);
    }

    /// Adapts the sampling to the traffic; to be called every [`signals::SAMPLER_TICK`].
    pub fn turn(&self, since: Duration) {
        for rate in [&self.0.roots, &self.0.followed, &self.0.refused] {
            rate.turn(since);
        }
    }

    /// How large a part of such traces is exported, in per cent; 0 where this one is not.
    pub fn begins(&self, trace: &TraceContext) -> f32 {
        if !self.is_open() {
            return 0.0;
        }
        let rate = match trace.sampled() {
            // The service that records the rest of the trace has decided.
            Some(false) => return 0.0,
            Some(true) => &self.0.followed,
            None => &self.0.roots,
        };
        rate.keeps(id_of(trace)).unwrap_or(0.0)
    }

    /// A request has ended. `address` is asked for where it is exported.
    pub fn answered(
        &self,
        scope: &Arc<RequestScope>,
        outcome: Outcome<'_>,
        address: impl FnOnce() -> Address,
    ) {
        if !self.is_open() {
            return;
        }
        let per_cent = match outcome.status {
            500.. => 100.0,
            _ if scope.is_exported() => scope.per_cent(),
            _ if outcome.part => return,
            400.. => match self.0.refused.keeps(id_of(&scope.trace)) {
                Some(per_cent) => per_cent,
                None => return,
            },
            _ => return,
        };
        self.0.feed.push(Item::Request(Box::new(Answered {
            scope: scope.clone(),
            address: address(),
            part: outcome.part,
            status: outcome.status,
            took: outcome.took,
            bytes: outcome.bytes,
            problem: outcome.problem.map(str::to_owned),
            ended: (self.0.now)(),
            per_cent,
        })));
    }

    /// Another service was called in this request, or in none.
    pub(super) fn called(&self, event: &Event<'_>, scope: Option<Arc<RequestScope>>, ended: Timestamp) {
        if self.is_open()
            && let Some(called) = Called::read(event, scope, ended)
        {
            self.0.feed.push(Item::Call(Box::new(called)));
        }
    }

    /// Something was logged. Errors are exported always; of a request that is not exported nothing else is.
    pub(super) fn logged(&self, record: &Arc<Record>) {
        let exported = record.level >= Level::Error
            || record.exception.is_some()
            || record.request.as_ref().is_none_or(|request| request.is_exported());
        if exported && self.is_open() {
            self.0.feed.push(Item::Log(record.clone()));
        }
    }
}

fn id_of(trace: &TraceContext) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = trace.trace();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests;
