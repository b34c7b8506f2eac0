//! Counters that threads do not fight over.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Cells of one counter; threads take turns choosing theirs.
pub(crate) const CELLS: usize = 8;

/// On a cache line of its own.
#[derive(Default)]
#[repr(align(64))]
struct Padded(AtomicU64);

static NEXT_CELL: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static CELL: Cell<usize> = Cell::new(NEXT_CELL.fetch_add(1, Ordering::Relaxed) % CELLS);
}

/// The cell of this thread.
pub(crate) fn cell() -> usize {
    CELL.with(Cell::get)
}

/// Counted on every request, so that it must cost next to nothing.
#[derive(Default)]
pub struct Counter([Padded; CELLS]);

impl Counter {
    pub fn add(&self) {
        self.add_many(1);
    }
    pub fn add_many(&self, count: u64) {
        self.0[cell()].0.fetch_add(count, Ordering::Relaxed);
    }
    pub fn read(&self) -> u64 {
        self.0.iter().map(|cell| cell.0.load(Ordering::Relaxed)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_all_threads_add_up() {
        let counter = Counter::default();
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| (0..1_000).for_each(|_| counter.add()));
            }
        });
        counter.add_many(5);
        assert_eq!(counter.read(), 12_005);
    }
}
