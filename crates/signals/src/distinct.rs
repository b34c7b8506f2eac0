//! A count of the different ones seen lately, such as users at work. Counted by a map of bits, so that it takes the same
//! memory for a million of them, and nothing at all for one that was seen already.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Minutes that are looked back upon.
const MINUTES: usize = 5;
/// Seconds that are looked back upon.
pub const WINDOW_SECONDS: u64 = MINUTES as u64 * 60;
/// Bits for each minute. The estimate is off by one in a hundred for up to some hundred thousand.
const BITS: usize = 1 << 16;
const WORDS: usize = BITS / 64;

/// Marks of the last minutes.
pub struct Distinct {
    minutes: Box<[[AtomicU64; WORDS]]>,
    now: AtomicUsize,
}

impl Default for Distinct {
    fn default() -> Self {
        let minute = || std::array::from_fn(|_| AtomicU64::new(0));
        Self { minutes: (0..MINUTES).map(|_| minute()).collect(), now: AtomicUsize::new(0) }
    }
}

impl Distinct {
    /// Marks one, by a number that is spread evenly.
    pub fn mark(&self, id: u64) {
        let bit = (id % BITS as u64) as usize;
        let word = &self.minutes[self.now.load(Ordering::Relaxed) % MINUTES][bit / 64];
        let mask = 1 << (bit % 64);
        if word.load(Ordering::Relaxed) & mask == 0 {
            word.fetch_or(mask, Ordering::Relaxed);
        }
    }

    /// A minute has passed: the oldest one is forgotten.
    pub fn turn(&self) {
        let next = (self.now.load(Ordering::Relaxed) + 1) % MINUTES;
        self.minutes[next].iter().for_each(|word| word.store(0, Ordering::Relaxed));
        self.now.store(next, Ordering::Relaxed);
    }

    /// About how many were marked in the last minutes.
    pub fn estimate(&self) -> f64 {
        let marked: u32 = (0..WORDS)
            .map(|word| {
                let all =
                    self.minutes.iter().fold(0, |all, minute| all | minute[word].load(Ordering::Relaxed));
                all.count_ones()
            })
            .sum();
        let free = (BITS as f64 - f64::from(marked)).max(1.0);
        // Several share a bit now and then (linear counting).
        (BITS as f64 * (BITS as f64 / free).ln()).round()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spreads numbers as ids are spread.
    fn spread(n: u64) -> u64 {
        let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
    }

    #[test]
    fn each_counts_once_and_is_forgotten_after_some_minutes() {
        let distinct = Distinct::default();
        assert!(distinct.estimate() < 0.5);
        for round in 0..3 {
            (0..1_000).for_each(|n| distinct.mark(spread(n)));
            let seen = distinct.estimate();
            assert!((980.0..1_020.0).contains(&seen), "{round}: {seen}");
            distinct.turn();
        }
        (0..20_000).for_each(|n| distinct.mark(spread(n)));
        let seen = distinct.estimate();
        assert!((19_600.0..20_400.0).contains(&seen), "{seen}");
        (0..MINUTES).for_each(|_| distinct.turn());
        assert!(distinct.estimate() < 0.5);
    }
}
