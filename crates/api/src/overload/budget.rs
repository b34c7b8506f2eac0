//! Bytes in flight: bodies and answers that are in memory at this moment count against one budget of the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, HttpBody as _};

use crate::resources::Resources;

/// Bytes in flight may take one part in so many of the memory.
const MEMORY_PART: u64 = 4;
const BYTES_MIN: u64 = 32 << 20;
const BYTES_MAX: u64 = 1 << 30;
/// A body in memory costs itself and what is read from it.
pub const BODY_COST: usize = 4;
/// An answer of unknown length costs its pieces on their way, and the state of its compression.
pub const STREAM_BYTES: usize = 320 << 10;
/// Smaller answers are not counted: the connection's own buffers hold them.
const COUNTED_BYTES_MIN: u64 = 4 << 10;
/// A body of unknown length costs so much until it is known.
pub const UPLOAD_BYTES: usize = 256 << 10;

/// Bytes in flight at once, unless a setting says otherwise.
pub fn bytes_max(resources: &Resources) -> usize {
    (resources.memory_bytes / MEMORY_PART).clamp(BYTES_MIN, BYTES_MAX) as usize
}

/// The budget; clones share it.
#[derive(Clone)]
pub struct Budget(Arc<Shared>);

struct Shared {
    bytes_max: usize,
    used: AtomicUsize,
}

impl Budget {
    pub fn new(bytes_max: usize) -> Self {
        Self(Arc::new(Shared { bytes_max, used: AtomicUsize::new(0) }))
    }

    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    pub fn bytes_max(&self) -> usize {
        self.0.bytes_max
    }

    /// Whether more than half is taken: what can be done without is left, such as compression.
    pub fn is_tight(&self) -> bool {
        self.used() > self.0.bytes_max / 2
    }

    /// Room for so many bytes, if there is any. One that is larger than the whole budget has to be alone.
    pub fn take(&self, bytes: usize) -> Option<Held> {
        let wanted = bytes.min(self.0.bytes_max);
        let mut used = self.used();
        while used.checked_add(wanted)? <= self.0.bytes_max {
            match self.0.used.compare_exchange_weak(used, used + wanted, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => return Some(Held { budget: self.clone(), bytes: wanted }),
                Err(now) => used = now,
            }
        }
        None
    }

    /// Counts an answer until it is sent. It cannot be refused any more, but requests that come later can.
    pub fn answer(&self, body: &Body) -> Option<Held> {
        let bytes = match body.size_hint().exact() {
            Some(bytes) if bytes < COUNTED_BYTES_MIN => return None,
            Some(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            None => STREAM_BYTES,
        };
        self.0.used.fetch_add(bytes, Ordering::AcqRel);
        Some(Held { budget: self.clone(), bytes })
    }

    /// Whether there is no room at all.
    pub fn is_exhausted(&self) -> bool {
        self.used() >= self.0.bytes_max
    }
}

/// Part of the budget, given back when it is dropped.
pub struct Held {
    budget: Budget,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.0.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_missing_and_comes_back() {
        let budget = Budget::new(100);
        let half = budget.take(50).unwrap();
        let rest = budget.take(50).unwrap();
        assert!(budget.take(1).is_none() && budget.is_exhausted());
        drop(half);
        assert!(budget.take(51).is_none() && budget.take(50).is_some());
        drop(rest);
        let alone = budget.take(1_000).unwrap();
        assert!(budget.take(1).is_none());
        drop(alone);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn answers_count_until_they_are_sent_even_beyond_the_budget() {
        let budget = Budget::new(10_000);
        let answer = budget.answer(&Body::from(vec![7; 20_000]));
        assert!(budget.used() == 20_000 && budget.is_exhausted() && budget.take(1).is_none());
        drop(answer);
        assert_eq!(budget.used(), 0);
        assert!(budget.answer(&Body::from("short")).is_none());
        let stream = futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
        let _streamed = budget.answer(&Body::from_stream(stream));
        assert_eq!(budget.used(), STREAM_BYTES);
    }

    #[test]
    fn the_budget_follows_the_memory() {
        let with = |memory_mib: u64| {
            bytes_max(&Resources {
                memory_bytes: memory_mib << 20,
                cpus: 1.0,
                quota: None,
                open_files: 1,
                usage: None,
            })
        };
        assert_eq!((with(512), with(64), with(65_536)), (128 << 20, 32 << 20, 1 << 30));
    }
}
