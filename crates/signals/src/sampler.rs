//! Sampling of traces: a fixed number a second is exported, however many there are. Each is kept or left by a hash of its id,
//! and says how large the part of those that are kept was, so that sums over what was kept are right.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::counter::Counter;

/// How often [`Rate::turn`] wants to be called.
pub const TICK: Duration = Duration::from_secs(1);
/// All of them.
const WHOLE: u64 = 1 << 32;
/// The weight that a lessening load still has after a turn.
const MEMORY: f64 = 0.6;
/// So many times the target, and a few more, may be kept between two turns; then the part is halved at once, so that a load
/// that comes all of a sudden is no flood.
const BURST: f64 = 2.0;
const BURST_BASE: f64 = 5.0;

/// Keeps about so many a second of whatever comes. Asking costs a few additions and no lock.
pub struct Rate {
    /// Bits of a floating-point number, as `load` is.
    target: AtomicU64,
    /// Kept are those whose hash lies below, of [`WHOLE`].
    threshold: AtomicU64,
    seen: Counter,
    seen_before: AtomicU64,
    load: AtomicU64,
    kept: AtomicU64,
}

impl Rate {
    pub fn per_second(target: f64) -> Self {
        Self {
            target: AtomicU64::new(target.to_bits()),
            threshold: AtomicU64::new(if target > 0.0 { WHOLE } else { 0 }),
            seen: Counter::default(),
            seen_before: AtomicU64::new(0),
            load: AtomicU64::new(0_f64.to_bits()),
            kept: AtomicU64::new(0),
        }
    }

    /// Another target from the next turn on.
    pub fn set_target(&self, target: f64) {
        self.target.store(target.to_bits(), Ordering::Relaxed);
    }

    fn target(&self) -> f64 {
        f64::from_bits(self.target.load(Ordering::Relaxed))
    }

    /// Whether to keep the one with this id, and then how large the part is that is kept, in per cent.
    pub fn keeps(&self, id: u64) -> Option<f32> {
        self.seen.add();
        let threshold = self.threshold.load(Ordering::Relaxed);
        if spread(id) >> 32 >= threshold {
            return None;
        }
        let kept = self.kept.fetch_add(1, Ordering::Relaxed) + 1;
        if kept as f64 >= self.target() * BURST + BURST_BASE {
            self.kept.store(0, Ordering::Relaxed);
            // Another thread may have done so meanwhile: once is enough.
            let _ = self.threshold.compare_exchange(
                threshold,
                (threshold / 2).max(1),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
        Some((threshold as f64 * 100.0 / WHOLE as f64) as f32)
    }

    /// Adapts to how many came since the last turn.
    pub fn turn(&self, since: Duration) {
        let seen = self.seen.read();
        let came = seen.saturating_sub(self.seen_before.swap(seen, Ordering::Relaxed));
        let now = came as f64 / since.as_secs_f64().max(f64::EPSILON);
        let before = f64::from_bits(self.load.load(Ordering::Relaxed));
        // More counts at once, less by and by: what comes in bursts is not taken for rare.
        let load = now.max(before * MEMORY + now * (1.0 - MEMORY));
        self.load.store(load.to_bits(), Ordering::Relaxed);
        let part = if load > 0.0 { (self.target() / load).min(1.0) } else { 1.0 };
        let threshold = if self.target() > 0.0 { ((WHOLE as f64 * part) as u64).max(1) } else { 0 };
        self.threshold.store(threshold, Ordering::Relaxed);
        self.kept.store(0, Ordering::Relaxed);
    }
}

/// Spreads ids that may be counted up (SplitMix64).
fn spread(id: u64) -> u64 {
    let mixed = id.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Load {
        rate: Rate,
        next: u64,
    }

    impl Load {
        /// So many in a second: how many were kept, and for how many those stand.
        fn second(&mut self, count: u64) -> (u64, f64) {
            let (mut kept, mut stands_for) = (0, 0.0);
            for _ in 0..count {
                self.next += 1;
                if let Some(per_cent) = self.rate.keeps(self.next) {
                    kept += 1;
                    stands_for += 100.0 / f64::from(per_cent);
                }
            }
            self.rate.turn(TICK);
            (kept, stands_for)
        }
    }

    /// H2: a thousand a second come to no more than five, and those stand for all.
    /// Proves: H2.
    #[test]
    fn so_many_a_second_are_kept_and_stand_for_all() {
        let mut load = Load { rate: Rate::per_second(5.0), next: 0 };
        let (mut kept, mut stands_for) = (0, 0.0);
        let (first, _) = load.second(1_000);
        assert!(first < 150, "a sudden load is no flood: {first}");
        for _ in 0..2_000 {
            let (more, for_more) = load.second(1_000);
            (kept, stands_for) = (kept + more, stands_for + for_more);
        }
        assert!((9_000..=11_000).contains(&kept), "{kept}");
        assert!((1_900_000.0..2_100_000.0).contains(&stands_for), "{stands_for}");
    }

    #[test]
    fn a_flood_is_thinned_while_it_comes_and_a_few_are_all_kept() {
        let mut load = Load { rate: Rate::per_second(5.0), next: 0 };
        let (kept, _) = load.second(100_000);
        assert!(kept < 300, "{kept}");
        // The flood is over.
        for _ in 0..60 {
            load.second(3);
        }
        assert_eq!(load.second(3), (3, 3.0));
    }

    /// Proves: H2.
    #[test]
    fn nothing_is_kept_where_nothing_is_wanted() {
        let rate = Rate::per_second(0.0);
        rate.turn(TICK);
        assert!((0..1_000).all(|id| rate.keeps(id).is_none()));
        rate.set_target(5.0);
        rate.turn(TICK);
        assert!((0..1_000).any(|id| rate.keeps(id).is_some()));
    }
}
