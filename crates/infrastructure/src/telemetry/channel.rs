//! The queue of one destination: events are made into its items, gathered into batches, and the batches queue up to a
//! limit. When that is reached the oldest goes, because new items are worth more to the reader.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use signals::Event;
use tokio::sync::Notify;

use super::insights::Envelopes;
use super::{Destination, Format, Identity, otlp};

/// A batch of this many bytes is sent at once.
pub const BATCH_BYTES: usize = 512 * 1024;
const BATCH_ITEMS_MAX: usize = 1_000;
/// Any other after this time.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes that wait for one destination.
pub const WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The items that are sent together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Batch {
    /// Each may be taken or refused by itself.
    Lines(Vec<String>),
    Message {
        bytes: Vec<u8>,
        items: usize,
    },
}

impl Batch {
    pub fn items(&self) -> usize {
        match self {
            Self::Lines(lines) => lines.len(),
            Self::Message { items, .. } => *items,
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::Lines(lines) => lines.iter().map(|line| line.len() + 1).sum(),
            Self::Message { bytes, .. } => bytes.len(),
        }
    }
}

/// Counts of one destination, for metrics.
#[derive(Default)]
pub struct Counts {
    pub delivered: AtomicU64,
    pub refused: AtomicU64,
    pub dropped: AtomicU64,
    pub waiting_bytes: AtomicUsize,
}

impl Counts {
    pub fn add(counter: &AtomicU64, items: usize) {
        counter.fetch_add(items as u64, Ordering::Relaxed);
    }
}

/// Batches on their way.
#[derive(Default)]
pub struct Waiting {
    batches: Mutex<VecDeque<Batch>>,
    changed: Notify,
    pub counts: Arc<Counts>,
}

impl Waiting {
    fn batches(&self) -> MutexGuard<'_, VecDeque<Batch>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, batch: Batch) {
        let counts = &self.counts;
        let mut waiting = counts.waiting_bytes.fetch_add(batch.bytes(), Ordering::Relaxed) + batch.bytes();
        let mut batches = self.batches();
        batches.push_back(batch);
        while waiting > WAITING_BYTES_MAX && batches.len() > 1 {
            let Some(oldest) = batches.pop_front() else { break };
            waiting -= oldest.bytes();
            counts.waiting_bytes.fetch_sub(oldest.bytes(), Ordering::Relaxed);
            Counts::add(&counts.dropped, oldest.items());
        }
        drop(batches);
        self.changed.notify_one();
    }

    pub fn pop(&self) -> Option<Batch> {
        let batch = self.batches().pop_front()?;
        self.counts.waiting_bytes.fetch_sub(batch.bytes(), Ordering::Relaxed);
        Some(batch)
    }

    /// The number of waiting items, without the batch that is being sent.
    pub fn items(&self) -> usize {
        self.batches().iter().map(Batch::items).sum()
    }

    /// Resolves when there may be one.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// The items that are being gathered.
enum Gathered {
    Lines(Envelopes, Vec<String>),
    Logs(Vec<LogRecord>),
    Spans(Vec<Span>),
    Metrics(Vec<Metric>),
}

pub struct Channel {
    identity: Identity,
    gathered: Gathered,
    bytes: usize,
    items: usize,
    since: Option<Instant>,
    pub waiting: Arc<Waiting>,
}

impl Channel {
    pub fn new(destination: &Destination, identity: &Identity) -> Self {
        let gathered = match &destination.format {
            Format::Insights(key) => {
                Gathered::Lines(Envelopes { key: key.clone(), identity: identity.clone() }, Vec::new())
            }
            Format::OtlpLogs => Gathered::Logs(Vec::new()),
            Format::OtlpTraces => Gathered::Spans(Vec::new()),
            Format::OtlpMetrics => Gathered::Metrics(Vec::new()),
        };
        let waiting = Arc::default();
        Self { identity: identity.clone(), gathered, bytes: 0, items: 0, since: None, waiting }
    }

    /// Counts where an earlier channel of the same name did.
    pub fn count_on(&mut self, counts: Arc<Counts>) {
        self.waiting = Arc::new(Waiting { counts, ..Waiting::default() });
    }

    /// Takes what is for this destination.
    pub fn add(&mut self, event: &Event, now: Instant) {
        let (mut bytes, mut items) = (0, 0);
        let mut count = |length: usize| {
            bytes += length;
            items += 1;
        };
        match (&mut self.gathered, event) {
            (Gathered::Lines(envelopes, lines), event) => {
                for line in envelopes.of(event) {
                    count(line.len() + 1);
                    lines.push(line);
                }
            }
            (Gathered::Logs(records), Event::Log(log)) => {
                let record = otlp::record(log);
                count(record.encoded_len());
                records.push(record);
            }
            (Gathered::Spans(spans), Event::Request(request)) => {
                let span = otlp::of_request(request);
                count(span.encoded_len());
                spans.push(span);
            }
            (Gathered::Spans(spans), Event::Dependency(dependency)) => {
                if let Some(span) = otlp::of_dependency(dependency) {
                    count(span.encoded_len());
                    spans.push(span);
                }
            }
            (Gathered::Metrics(metrics), Event::Numbers { began, time, families }) => {
                for metric in otlp::numbers(*began, *time, families) {
                    count(metric.encoded_len());
                    metrics.push(metric);
                }
            }
            _ => {}
        }
        if items > 0 {
            self.bytes += bytes;
            self.items += items;
            self.since.get_or_insert(now);
        }
        if self.bytes >= BATCH_BYTES || self.items >= BATCH_ITEMS_MAX {
            self.seal();
        }
    }

    /// Sends what has been gathered for long enough.
    pub fn turn(&mut self, now: Instant) {
        if self.since.is_some_and(|since| now.saturating_duration_since(since) >= LINGER) {
            self.seal();
        }
    }

    /// Sends what has been gathered.
    pub fn seal(&mut self) {
        let items = std::mem::take(&mut self.items);
        (self.bytes, self.since) = (0, None);
        if items == 0 {
            return;
        }
        let bytes = match &mut self.gathered {
            Gathered::Lines(_, lines) => return self.waiting.push(Batch::Lines(std::mem::take(lines))),
            Gathered::Logs(records) => otlp::logs_request(&self.identity, std::mem::take(records)),
            Gathered::Spans(spans) => otlp::traces_request(&self.identity, std::mem::take(spans)),
            Gathered::Metrics(metrics) => otlp::metrics_request(&self.identity, std::mem::take(metrics)),
        };
        self.waiting.push(Batch::Message { bytes, items });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_limited_and_the_oldest_goes_first() {
        let waiting = Waiting::default();
        let batch = |n: u8| Batch::Message { bytes: vec![n; WAITING_BYTES_MAX / 4], items: 10 };
        (0..6).for_each(|n| waiting.push(batch(n)));
        assert_eq!(waiting.counts.dropped.load(Ordering::Relaxed), 20);
        assert_eq!(waiting.counts.waiting_bytes.load(Ordering::Relaxed), WAITING_BYTES_MAX);
        assert_eq!(waiting.pop(), Some(batch(2)));
        while waiting.pop().is_some() {}
        assert_eq!(waiting.counts.waiting_bytes.load(Ordering::Relaxed), 0);
        // One that is larger than everything is still sent.
        waiting.push(Batch::Message { bytes: vec![0; WAITING_BYTES_MAX + 1], items: 1 });
        assert!(waiting.pop().is_some());
    }
}
