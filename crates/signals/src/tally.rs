//! A handful of counts beside each other, such as answers by the class of their status.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::counter::{CELLS, cell};

/// Counts of one tally.
pub const COUNTS: usize = 8;

#[derive(Default)]
#[repr(align(64))]
struct Line([AtomicU64; COUNTS]);

/// As cheap as a counter, and no larger than one of few cells.
pub struct Tally(Box<[Line]>);

impl Tally {
    pub fn with_cells(cells: usize) -> Self {
        Self((0..cells.clamp(1, CELLS)).map(|_| Line::default()).collect())
    }

    /// Counts at a place; one that does not exist counts nothing.
    pub fn add(&self, place: usize) {
        if let Some(count) = self.0[cell() % self.0.len()].0.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn read(&self) -> [u64; COUNTS] {
        let mut sums = [0; COUNTS];
        for line in &self.0 {
            for (sum, count) in sums.iter_mut().zip(&line.0) {
                *sum += count.load(Ordering::Relaxed);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_counts_for_itself() {
        let tally = Tally::with_cells(2);
        std::thread::scope(|scope| {
            for place in [0, 3, 3, COUNTS] {
                let tally = &tally;
                scope.spawn(move || (0..100).for_each(|_| tally.add(place)));
            }
        });
        assert_eq!(tally.read(), [100, 0, 0, 200, 0, 0, 0, 0]);
    }
}
