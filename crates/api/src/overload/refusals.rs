//! How fast requests are refused. A refusal costs little, but a client that asks again at once can be refused often enough
//! to leave no processor time for those who are served. Beyond a pace, a refusal is held back for a moment, which slows
//! such a client down and nobody else.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Refusals a second for each processor; together they take about a fifth of it.
const PER_CPU: f64 = 8_000.0;
/// Bytes of a refused request's body that are read and forgotten cost as much as another refusal for each so many.
const BYTES_PER_REFUSAL: u64 = 16 << 10;
/// So many may come at once before the pace is kept.
const BURST: Duration = Duration::from_millis(50);
/// Longest a refusal is held back.
pub const HELD_MAX: Duration = Duration::from_millis(500);

/// The pace of refusals, as a schedule: each takes the next slot, and waits for it where it lies ahead.
pub struct Refusals {
    interval: Duration,
    next: Mutex<Duration>,
}

impl Refusals {
    pub fn new(cpus: f64) -> Self {
        let per_second = (cpus * PER_CPU).max(1.0);
        Self { interval: Duration::from_secs_f64(1.0 / per_second), next: Mutex::default() }
    }

    /// How long the next refusal is held back, of a request with so many bytes.
    pub fn next(&self, now: Duration, bytes: u64) -> Duration {
        let cost = u32::try_from(1 + bytes / BYTES_PER_REFUSAL).unwrap_or(u32::MAX);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = (*next).clamp(now.saturating_sub(BURST), now + HELD_MAX);
        *next = slot.saturating_add(self.interval.saturating_mul(cost));
        slot.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CPUS: f64 = 0.5;

    #[test]
    fn a_few_are_refused_at_once_and_a_flood_at_a_pace() {
        let refusals = Refusals::new(CPUS);
        let now = Duration::from_secs(1);
        let at_once = (0..10_000).take_while(|_| refusals.next(now, 0).is_zero()).count();
        assert_eq!(at_once, 201, "what the pace allows in 50 ms, and the one that is due");
        // A caller that asks again as soon as it was refused is answered no faster than the pace.
        let (mut clock, mut answered) = (now, 0);
        while clock < now + Duration::from_secs(1) {
            clock += refusals.next(clock, 0) + Duration::from_micros(1);
            answered += 1;
        }
        assert!((3_900..4_100).contains(&answered), "{answered}");
    }

    #[test]
    fn what_has_a_body_counts_for_more() {
        let refusals = Refusals::new(CPUS);
        let now = Duration::from_secs(1);
        let at_once = (0..10_000).take_while(|_| refusals.next(now, 3 * BYTES_PER_REFUSAL).is_zero()).count();
        assert_eq!(at_once, 51, "a fourth");
        assert_eq!(Refusals::new(CPUS).next(now, u64::MAX), Duration::ZERO);
    }

    #[test]
    fn nobody_is_held_for_long_and_a_pause_makes_up_for_a_flood() {
        let refusals = Refusals::new(CPUS);
        let now = Duration::from_secs(1);
        let longest = (0..100_000).map(|_| refusals.next(now, 0)).max();
        assert_eq!(longest, Some(HELD_MAX));
        let later = now + HELD_MAX + BURST + Duration::from_millis(1);
        assert!(refusals.next(later, 0).is_zero());
    }
}
