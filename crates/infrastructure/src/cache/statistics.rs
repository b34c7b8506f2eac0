//! Counters that threads do not fight over.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use application::ports::cache::{CachePolicy, ClassStatistics};

/// Cells of one counter; threads take turns choosing theirs.
const CELLS: usize = 8;

/// On a cache line of its own.
#[derive(Default)]
#[repr(align(64))]
struct Padded(AtomicU64);

static NEXT_CELL: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static CELL: Cell<usize> = Cell::new(NEXT_CELL.fetch_add(1, Ordering::Relaxed) % CELLS);
}

/// Counted on every cached read, so that it must cost next to nothing.
#[derive(Default)]
pub(super) struct Counter([Padded; CELLS]);

impl Counter {
    pub fn add(&self) {
        self.0[CELL.with(Cell::get)].0.fetch_add(1, Ordering::Relaxed);
    }
    pub fn read(&self) -> u64 {
        self.0.iter().map(|cell| cell.0.load(Ordering::Relaxed)).sum()
    }
}

#[derive(Default)]
struct Level {
    hits: [Counter; 2],
    misses: [Counter; 2],
}

fn index(policy: CachePolicy) -> usize {
    match policy {
        CachePolicy::Reference => 0,
        CachePolicy::Transactional => 1,
    }
}

impl Level {
    fn add(&self, policy: CachePolicy, hit: bool) {
        let counters = if hit { &self.hits } else { &self.misses };
        counters[index(policy)].add();
    }
    fn read(&self, level: &'static str) -> impl Iterator<Item = ClassStatistics> {
        CachePolicy::ALL
            .map(|policy| ClassStatistics {
                class: policy.name(),
                level,
                hits: self.hits[index(policy)].read(),
                misses: self.misses[index(policy)].read(),
            })
            .into_iter()
    }
}

/// Look-ups of one cache.
#[derive(Default)]
pub(super) struct Lookups {
    memory: Level,
    redis: Level,
    pub loads: Counter,
}

impl Lookups {
    pub fn memory(&self, policy: CachePolicy, hit: bool) {
        self.memory.add(policy, hit);
    }
    pub fn redis(&self, policy: CachePolicy, hit: bool) {
        self.redis.add(policy, hit);
    }
    pub fn read(&self, with_redis: bool) -> Vec<ClassStatistics> {
        let redis = with_redis.then(|| self.redis.read("redis"));
        self.memory.read("memory").chain(redis.into_iter().flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_all_threads_add_up() {
        let lookups = Lookups::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|n| lookups.memory(CachePolicy::Reference, n % 10 > 0)));
            }
        });
        let read = lookups.read(true);
        assert_eq!(read.len(), 4);
        assert_eq!((read[0].hits, read[0].misses), (3_600, 400));
        assert_eq!(read[0].hit_rate(), Some(0.9));
        assert_eq!(read[3].hit_rate(), None);
    }
}
