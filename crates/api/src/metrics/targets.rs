//! The specification's targets as they stand: over the last minute, so that a person can read them as they are.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use signals::{Snapshot, Window};

/// How often the values of a moment are noted.
pub const TURN: Duration = Duration::from_secs(10);
/// Turns that make up the time looked back upon.
const TURNS: usize = 6;

/// The counts up to one moment; all of them only ever grow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Since the start of the process.
    pub at: Duration,
    pub requests: Snapshot,
    pub statements: Snapshot,
    pub failed: u64,
    pub hits: u64,
    pub misses: u64,
    pub cpu: Option<Duration>,
}

pub struct Targets(Mutex<Window<Moment>>);

impl Default for Targets {
    fn default() -> Self {
        Self(Mutex::new(Window::new(TURNS)))
    }
}

impl Targets {
    fn window(&self) -> MutexGuard<'_, Window<Moment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn turn(&self, moment: Moment) {
        self.window().turn(moment);
    }

    fn between<T>(&self, read: impl FnOnce(&Moment, &Moment, f64) -> Option<T>) -> Option<T> {
        let (from, to) = self.window().ends()?;
        let seconds = to.at.saturating_sub(from.at).as_secs_f64();
        if seconds > 0.0 { read(&from, &to, seconds) } else { None }
    }

    /// The response time in seconds; `None` where there was no request.
    pub fn response(&self, part: f64) -> Option<f64> {
        self.between(|from, to, _| {
            to.requests.since(&from.requests).quantile(part).map(|took| took.as_secs_f64())
        })
    }

    pub fn statement(&self, part: f64) -> Option<f64> {
        self.between(|from, to, _| {
            to.statements.since(&from.statements).quantile(part).map(|took| took.as_secs_f64())
        })
    }

    pub fn hit_ratio(&self) -> Option<f64> {
        self.between(|from, to, _| {
            let (hits, misses) = (to.hits.saturating_sub(from.hits), to.misses.saturating_sub(from.misses));
            (hits + misses > 0).then(|| hits as f64 / (hits + misses) as f64)
        })
    }

    pub fn requests_per_second(&self) -> Option<f64> {
        self.between(|from, to, seconds| Some(to.requests.since(&from.requests).count() as f64 / seconds))
    }

    pub fn failed_per_second(&self) -> Option<f64> {
        self.between(|from, to, seconds| Some(to.failed.saturating_sub(from.failed) as f64 / seconds))
    }

    /// The processor time as a share of `cpus` processors.
    pub fn cpu(&self, cpus: f64) -> Option<f64> {
        self.between(|from, to, seconds| {
            Some(to.cpu?.saturating_sub(from.cpu?).as_secs_f64() / seconds / cpus)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [u64; 14] = [
        1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000, 20_000, 30_000, 40_000, 50_000,
    ];

    fn moment(turn: u32) -> Moment {
        let mut requests = Snapshot::empty(BOUNDS);
        // A hundred a turn, all of them within a millisecond but for the second turn's.
        requests.counts[0] = u64::from(turn) * 100;
        requests.counts[12] = if turn > 0 { 100 } else { 0 };
        Moment {
            at: TURN * turn,
            requests,
            statements: requests,
            failed: u64::from(turn) * 10,
            hits: u64::from(turn) * 9,
            misses: u64::from(turn),
            cpu: Some(TURN * turn / 2),
        }
    }

    /// Proves: M5.
    #[test]
    fn the_last_minute_counts() {
        let targets = Targets::default();
        targets.turn(moment(0));
        assert_eq!(
            (targets.response(0.5), targets.hit_ratio(), targets.requests_per_second()),
            (None, None, None)
        );
        targets.turn(moment(1));
        assert!(targets.response(0.99).is_some_and(|p99| p99 > 0.03), "{:?}", targets.response(0.99));
        assert_eq!(targets.requests_per_second(), Some(20.0));
        (2..20).for_each(|turn| targets.turn(moment(turn)));
        assert_eq!(targets.response(0.5), Some(0.0005));
        assert_eq!(targets.statement(0.95), Some(0.00095));
        assert_eq!((targets.requests_per_second(), targets.failed_per_second()), (Some(10.0), Some(1.0)));
        assert_eq!((targets.hit_ratio(), targets.cpu(0.5)), (Some(0.9), Some(1.0)));
    }
}
