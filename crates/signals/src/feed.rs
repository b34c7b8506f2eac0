//! Between those to whom something happens and whoever exports it: a queue with a limit, of which nobody waits for the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

/// The memory of waiting items.
pub const FEED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The part of it that only failures may use.
const RESERVED_BYTES: usize = FEED_BYTES_MAX / 4;

/// An item that is handed over.
pub trait Handed: Send + 'static {
    /// About how much memory it takes, in bytes; the same however often it is asked.
    fn weight(&self) -> usize;
    /// Whether the item is about a failure, for which there is room when there is none for others.
    fn matters(&self) -> bool;
}

#[derive(Default)]
struct Shared {
    bytes: AtomicUsize,
    dropped: AtomicU64,
    open: AtomicBool,
}

/// The end of those to whom something happens.
pub struct Feed<T> {
    sender: Sender<T>,
    shared: Arc<Shared>,
}

impl<T> Clone for Feed<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), shared: self.shared.clone() }
    }
}

/// The other end.
pub struct Fed<T> {
    receiver: Receiver<T>,
    shared: Arc<Shared>,
}

impl<T: Handed> Feed<T> {
    pub fn new() -> (Self, Fed<T>) {
        let (sender, receiver) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        (Self { sender, shared: shared.clone() }, Fed { receiver, shared })
    }

    /// Whether items are exported; otherwise none need be made.
    pub fn is_open(&self) -> bool {
        self.shared.open.load(Ordering::Relaxed)
    }

    pub fn open(&self, open: bool) {
        self.shared.open.store(open, Ordering::Relaxed);
    }

    /// Never waits: what there is no room for is counted and left out.
    pub fn push(&self, handed: T) {
        if !self.is_open() {
            return;
        }
        let weight = handed.weight();
        let room = if handed.matters() { FEED_BYTES_MAX } else { FEED_BYTES_MAX - RESERVED_BYTES };
        let before = self.shared.bytes.fetch_add(weight, Ordering::Relaxed);
        if before.saturating_add(weight) > room || self.sender.send(handed).is_err() {
            self.shared.bytes.fetch_sub(weight, Ordering::Relaxed);
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How much was left out so far.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    pub fn waiting_bytes(&self) -> usize {
        self.shared.bytes.load(Ordering::Relaxed)
    }
}

impl<T: Handed> Fed<T> {
    /// The next one, if one waits.
    pub fn next(&self) -> Option<T> {
        let handed = self.receiver.try_recv().ok()?;
        self.shared.bytes.fetch_sub(handed.weight(), Ordering::Relaxed);
        Some(handed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Parcel(usize, bool);

    impl Handed for Parcel {
        fn weight(&self) -> usize {
            self.0
        }
        fn matters(&self) -> bool {
            self.1
        }
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out_and_failures_have_room_of_their_own() {
        let (feed, fed) = Feed::new();
        feed.push(Parcel(1, true));
        assert!(fed.next().is_none(), "nobody exports");
        feed.open(true);
        let size = FEED_BYTES_MAX / 8;
        (0..10).for_each(|_| feed.push(Parcel(size, false)));
        assert_eq!((feed.dropped(), feed.waiting_bytes()), (4, 6 * size));
        (0..4).for_each(|_| feed.push(Parcel(size, true)));
        assert_eq!(feed.dropped(), 6);
        let kept: Vec<_> = std::iter::from_fn(|| fed.next()).map(|parcel| parcel.1).collect();
        assert_eq!(kept, [false, false, false, false, false, false, true, true]);
        assert_eq!(feed.waiting_bytes(), 0);
    }
}
