//! Uploads, imports, exports and reports as files: few at once, because each holds threads, connections to the database
//! and memory for as long as its client takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Refused;
use crate::resources::Resources;

/// Transfers may take one part in so many of the memory, this much each.
const MEMORY_PART: u64 = 8;
const TRANSFER_BYTES: u64 = 4 << 20;
const TRANSFERS_MIN: u64 = 4;
const TRANSFERS_MAX: u64 = 256;

/// Transfers at once for each processor, and how many of them may be at work. The others wait for their clients: one that
/// sends or reads slowly keeps nobody out, and more at work would only make each of them take longer.
const PER_CPU: f64 = 16.0;
const AT_WORK_PER_CPU: f64 = 4.0;
const AT_WORK_MIN: usize = 2;

/// Transfers at once, unless a setting says otherwise.
pub fn transfers_max(resources: &Resources) -> usize {
    let by_memory = resources.memory_bytes / MEMORY_PART / TRANSFER_BYTES;
    let by_processors = (resources.cpus * PER_CPU).ceil() as u64;
    by_memory.min(by_processors).clamp(TRANSFERS_MIN, TRANSFERS_MAX) as usize
}

/// Transfers at work at once.
pub fn at_work_max(resources: &Resources) -> usize {
    ((resources.cpus * AT_WORK_PER_CPU).ceil() as usize).max(AT_WORK_MIN)
}

/// The places of transfers; clones share them.
#[derive(Clone)]
pub struct Transfers {
    places: Arc<Semaphore>,
    max: usize,
    at_work: Arc<AtomicUsize>,
    at_work_max: usize,
}

/// One transfer's place, until its answer is sent; clones share it.
#[derive(Debug, Clone)]
pub struct Transfer(Arc<Taken>);

#[derive(Debug)]
struct Taken {
    _place: OwnedSemaphorePermit,
    works: AtomicBool,
    at_work: Arc<AtomicUsize>,
}

impl Transfers {
    pub fn new(max: usize, at_work_max: usize) -> Self {
        let max = max.clamp(1, Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(max)), max, at_work: Arc::default(), at_work_max }
    }

    /// Transfers in progress, and how many there may be.
    pub fn running(&self) -> (usize, usize) {
        (self.max.saturating_sub(self.places.available_permits()), self.max)
    }

    pub fn enter(&self) -> Result<Transfer, Refused> {
        if self.at_work.load(Ordering::Relaxed) >= self.at_work_max {
            return Err(Refused);
        }
        let place = self.places.clone().try_acquire_owned().map_err(|_| Refused)?;
        let taken = Taken { _place: place, works: AtomicBool::new(false), at_work: self.at_work.clone() };
        let transfer = Transfer(Arc::new(taken));
        transfer.works();
        Ok(transfer)
    }
}

impl Transfer {
    /// The server is busy with it.
    pub fn works(&self) {
        if !self.0.works.swap(true, Ordering::Relaxed) {
            self.0.at_work.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Its client has to send or to read something.
    pub fn waits(&self) {
        if self.0.works.swap(false, Ordering::Relaxed) {
            self.0.at_work.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if *self.works.get_mut() {
            self.at_work.fetch_sub(1, Ordering::Relaxed);
        }
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
        assert_eq!((with(512, 0.5), with(64, 0.5), with(65_536, 8.0)), (8, 4, 128));
    }

    #[test]
    fn a_transfer_keeps_its_place_until_it_ends() {
        let transfers = Transfers::new(1, 8);
        let one = transfers.enter().unwrap();
        assert_eq!(transfers.enter().err(), Some(Refused));
        drop(one);
        assert!(transfers.enter().is_ok());
    }

    #[test]
    fn those_that_wait_for_their_clients_keep_nobody_out() {
        let transfers = Transfers::new(8, 2);
        let (one, two) = (transfers.enter().unwrap(), transfers.enter().unwrap());
        assert_eq!(transfers.enter().err(), Some(Refused));
        one.waits();
        one.waits();
        let three = transfers.enter().unwrap();
        assert_eq!(transfers.enter().err(), Some(Refused));
        // It goes on all the same.
        one.works();
        one.works();
        drop(two);
        assert_eq!(transfers.enter().err(), Some(Refused));
        drop((one.clone(), one));
        assert!(transfers.enter().is_ok());
        drop(three);
        assert_eq!(transfers.at_work.load(Ordering::Relaxed), 0);
    }
}
