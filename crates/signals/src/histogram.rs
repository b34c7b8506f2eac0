//! Histograms of durations.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::counter::{CELLS, cell};

/// Upper bounds of the buckets of one histogram; what is longer has a bucket of its own.
pub const BOUNDS_MAX: usize = 14;
/// Where a cell keeps the sum, after all buckets.
const SUM: usize = BOUNDS_MAX + 1;

/// The buckets and the sum, in microseconds, on cache lines of their own.
#[derive(Default)]
#[repr(align(64))]
struct Cells([AtomicU64; SUM + 1]);

/// Two additions for each duration, and no lock.
pub struct Histogram {
    /// Microseconds.
    bounds: [u64; BOUNDS_MAX],
    cells: Box<[Cells]>,
}

impl Histogram {
    /// A histogram with these upper bounds, in microseconds, each larger than the one before.
    pub fn new(bounds: [u64; BOUNDS_MAX]) -> Self {
        Self::with_cells(bounds, CELLS)
    }

    /// A histogram with fewer cells, where there are many histograms.
    pub fn with_cells(bounds: [u64; BOUNDS_MAX], cells: usize) -> Self {
        let cells = (0..cells.clamp(1, CELLS)).map(|_| Cells::default()).collect();
        Self { bounds, cells }
    }

    pub fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = self.bounds.iter().take_while(|bound| **bound < micros).count();
        let cells = &self.cells[cell() % self.cells.len()].0;
        cells[bucket].fetch_add(1, Ordering::Relaxed);
        cells[SUM].fetch_add(micros, Ordering::Relaxed);
    }

    pub fn read(&self) -> Snapshot {
        let mut snapshot = Snapshot::empty(self.bounds);
        for cells in &self.cells {
            for (sum, cell) in snapshot.counts.iter_mut().zip(&cells.0) {
                *sum += cell.load(Ordering::Relaxed);
            }
            snapshot.sum_micros += cells.0[SUM].load(Ordering::Relaxed);
        }
        snapshot
    }
}

/// A histogram at one moment, or the difference of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    pub bounds: [u64; BOUNDS_MAX],
    /// One more than there are bounds.
    pub counts: [u64; BOUNDS_MAX + 1],
    pub sum_micros: u64,
}

impl Snapshot {
    pub fn empty(bounds: [u64; BOUNDS_MAX]) -> Self {
        Self { bounds, counts: [0; BOUNDS_MAX + 1], sum_micros: 0 }
    }

    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub fn sum_seconds(&self) -> f64 {
        Duration::from_micros(self.sum_micros).as_secs_f64()
    }

    /// The values added since an earlier moment.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut difference = *self;
        for (count, before) in difference.counts.iter_mut().zip(before.counts) {
            *count = count.saturating_sub(before);
        }
        difference.sum_micros = self.sum_micros.saturating_sub(before.sum_micros);
        difference
    }

    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut both = *self;
        for (count, other) in both.counts.iter_mut().zip(other.counts) {
            *count += other;
        }
        both.sum_micros += other.sum_micros;
        both
    }

    /// The time within which this part of all was done, taken as spread evenly inside its bucket; `None` of nothing.
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let all = self.count();
        if all == 0 {
            return None;
        }
        let wanted = part.clamp(0.0, 1.0) * all as f64;
        let (mut below, mut lower) = (0.0, 0);
        for (bound, count) in self.bounds.iter().zip(self.counts) {
            let here = count as f64;
            if below + here >= wanted && count > 0 {
                let share = ((wanted - below) / here).clamp(0.0, 1.0);
                let micros = lower as f64 + share * (bound - lower) as f64;
                return Some(Duration::from_micros(micros as u64));
            }
            below += here;
            lower = *bound;
        }
        // It is longer than every bound: nothing more is known.
        Some(Duration::from_micros(lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [u64; BOUNDS_MAX] = [
        1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000, 20_000, 30_000, 40_000, 50_000,
    ];

    #[test]
    fn a_duration_is_in_the_first_bucket_it_does_not_exceed() {
        let histogram = Histogram::new(BOUNDS);
        for micros in [0, 1_000, 1_001, 50_000, 50_001, 9_000_000] {
            histogram.add(Duration::from_micros(micros));
        }
        let read = histogram.read();
        assert_eq!((read.counts[0], read.counts[1], read.counts[13], read.counts[14]), (2, 1, 1, 2));
        assert_eq!((read.count(), read.sum_micros), (6, 9_102_002));
    }

    #[test]
    fn quantiles_lie_inside_their_bucket() {
        let histogram = Histogram::with_cells(BOUNDS, 2);
        assert_eq!(histogram.read().quantile(0.5), None);
        let before = histogram.read();
        for millis in 0..10_u64 {
            for _ in 0..10 {
                histogram.add(Duration::from_micros(millis * 1_000 + 500));
            }
        }
        let read = histogram.read();
        assert_eq!(read.quantile(0.5), Some(Duration::from_millis(5)));
        assert_eq!(read.quantile(0.95), Some(Duration::from_micros(9_500)));
        assert_eq!(read.since(&before).plus(&before), read);
        histogram.add(Duration::from_secs(9));
        assert_eq!(histogram.read().since(&read).quantile(0.5), Some(Duration::from_millis(50)));
    }
}
