//! How often the cache was looked into, and had it.

use application::ports::cache::{CachePolicy, ClassStatistics};
use signals::Counter;

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
