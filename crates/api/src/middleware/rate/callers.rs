//! The memory of callers, bounded in size. Shards keep callers that ask at the same time out of each other's way;
//! asking again costs one read lock and two atomic numbers.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::RATE_LIMIT_CALLERS_MAX;
use super::sharing::Told;

const SHARDS: usize = 64;
const SHARD_CALLERS_MAX: usize = RATE_LIMIT_CALLERS_MAX / SHARDS;
/// One part in so many of a full shard is forgotten when nobody in it has a whole burst left.
const FORGOTTEN_PART: usize = 8;

#[derive(Default)]
pub struct Caller {
    /// The moment, in nanoseconds since the start, at which the caller would have a whole burst again.
    pub full_at: AtomicU64,
    /// The count that other processes have not been told of yet.
    pub unsaid: AtomicU32,
    pub told: Mutex<Told>,
}

pub struct Callers {
    shards: Vec<RwLock<HashMap<u128, Arc<Caller>>>>,
    /// Its keys are secret, so that nobody can fill one shard on purpose.
    hasher: RandomState,
}

impl Default for Callers {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        Self { shards, hasher: RandomState::new() }
    }
}

impl Callers {
    pub fn of(&self, key: u128, now: u64) -> Arc<Caller> {
        let index = self.hasher.hash_one(key) as usize % SHARDS;
        let Some(shard) = self.shards.get(index) else { return Arc::default() };
        if let Some(known) = shard.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= SHARD_CALLERS_MAX {
            make_room(&mut shard, now);
        }
        shard.entry(key).or_default().clone()
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.read().unwrap().len()).sum()
    }
}

/// A caller whose burst is full again is like one that was never seen. If every caller still owes something, some are
/// forgiven.
fn make_room(shard: &mut HashMap<u128, Arc<Caller>>, now: u64) {
    shard.retain(|_, caller| caller.full_at.load(Ordering::Relaxed) > now);
    if shard.len() >= SHARD_CALLERS_MAX {
        let let_off: Vec<u128> = shard.keys().take(SHARD_CALLERS_MAX / FORGOTTEN_PART).copied().collect();
        for key in let_off {
            shard.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_whoever_owes_nothing_is_forgotten_first() {
        let callers = Callers::default();
        let owing = callers.of(1, 0);
        owing.full_at.store(10, Ordering::Relaxed);
        for key in 2..2 * RATE_LIMIT_CALLERS_MAX as u128 {
            callers.of(key, 5);
        }
        assert!(callers.len() <= RATE_LIMIT_CALLERS_MAX, "{}", callers.len());
        assert!(Arc::ptr_eq(&owing, &callers.of(1, 5)));
        for key in 2..2 * RATE_LIMIT_CALLERS_MAX as u128 {
            callers.of(key, 5).full_at.store(10, Ordering::Relaxed);
        }
        assert!(callers.len() <= RATE_LIMIT_CALLERS_MAX, "{}", callers.len());
    }
}
