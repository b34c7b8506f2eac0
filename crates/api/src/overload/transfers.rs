//! Uploads, imports, exports and reports as files: few at once, because each holds threads, connections to the database
//! and memory for as long as its client takes.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Refused;
use crate::resources::Resources;

/// Transfers may take one part in so many of the memory, this much each.
const MEMORY_PART: u64 = 8;
const TRANSFER_BYTES: u64 = 4 << 20;
const TRANSFERS_MIN: u64 = 4;
const TRANSFERS_MAX: u64 = 256;

/// Transfers at once for each processor: more would only make each of them slower.
const PER_CPU: f64 = 8.0;

/// Transfers at once, unless a setting says otherwise.
pub fn transfers_max(resources: &Resources) -> usize {
    let by_memory = resources.memory_bytes / MEMORY_PART / TRANSFER_BYTES;
    let by_processors = (resources.cpus * PER_CPU).ceil() as u64;
    by_memory.min(by_processors).clamp(TRANSFERS_MIN, TRANSFERS_MAX) as usize
}

/// The places of transfers; clones share them.
#[derive(Clone)]
pub struct Transfers {
    places: Arc<Semaphore>,
    max: usize,
}

/// One transfer's place, until its answer is sent.
#[derive(Debug)]
pub struct Transfer(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Transfers {
    pub fn new(max: usize) -> Self {
        let max = max.clamp(1, Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(max)), max }
    }

    /// Transfers in progress, and how many there may be.
    pub fn running(&self) -> (usize, usize) {
        (self.max.saturating_sub(self.places.available_permits()), self.max)
    }

    pub fn enter(&self) -> Result<Transfer, Refused> {
        self.places.clone().try_acquire_owned().map(Transfer).map_err(|_| Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_follow_memory_and_processors() {
        let with = |memory_mib: u64, cpus: f64| {
            let memory_bytes = memory_mib << 20;
            transfers_max(&Resources { memory_bytes, cpus, quota: None, open_files: 1, usage: None })
        };
        assert_eq!((with(512, 0.5), with(64, 0.5), with(65_536, 8.0)), (4, 4, 64));
    }

    #[test]
    fn a_transfer_keeps_its_place_until_it_ends() {
        let transfers = Transfers::new(1);
        let one = transfers.enter().unwrap();
        assert_eq!(transfers.enter().err(), Some(Refused));
        drop(one);
        assert!(transfers.enter().is_ok());
    }
}
