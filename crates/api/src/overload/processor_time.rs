//! Processor time as the quota of a control group gives it, so that the group never has to stand still.

use std::time::Duration;

/// The part of the quota that requests may use while nobody is refused, in per cent. All of it would let the kernel stop the
/// group at the end of a period.
const PART: i64 = 97;
/// The part while requests are refused: refusing costs time as well, and liveness must not wait for it.
const PART_WHILE_REFUSING: i64 = 88;
/// Where refusing takes all there is, one request is let in so often all the same.
const GRANTED_EVERY: Duration = Duration::from_millis(10);
/// The time that may be saved up for a burst.
const SAVED_MAX: Duration = Duration::from_millis(12);
/// Longer ago nothing is earned any more: more could not be saved up.
const LONGEST_EARNED: Duration = Duration::from_secs(1);
/// Assumed cost of one piece.
const PIECE_NANOS: i64 = 2_000_000;
/// The assumed cost of a request before anything is known.
const EACH_AT_FIRST: Duration = Duration::from_micros(300);

/// Processor time, earned at the pace of the quota and spent by all work of the group.
#[derive(Debug, Clone)]
pub struct ProcessorTime {
    /// Nanoseconds of the quota in a second.
    quota: i64,
    /// The most that is saved up, in nanoseconds.
    saved_max: i64,
    left: i64,
    /// The time that requests let in since the last tick are expected to take.
    borrowed: i64,
    /// The time that one request takes, as seen lately.
    each: i64,
    entered: i64,
    /// Pieces of long work since the last tick.
    pieces: i64,
    /// When a request was let in, last, as far as ticks tell; and whether one may come although nothing is left.
    entered_at: Duration,
    granted: bool,
    seen: Option<(Duration, Duration)>,
}

impl ProcessorTime {
    pub fn new(cpus: f64) -> Self {
        let saved_max = SAVED_MAX.as_nanos() as i64;
        Self {
            quota: (cpus * 1e9) as i64,
            saved_max,
            left: saved_max,
            borrowed: 0,
            each: EACH_AT_FIRST.as_nanos() as i64,
            entered: 0,
            pieces: 0,
            entered_at: Duration::ZERO,
            granted: false,
            seen: None,
        }
    }

    pub fn is_left(&self) -> bool {
        self.granted || self.left - self.borrowed > 0
    }

    /// Everything earned is spent.
    pub fn is_short(&self) -> bool {
        self.left <= 0
    }

    /// Whether there is time for a piece of long work; the time then counts as spent. Requests need less of it, and so come
    /// first.
    pub fn take_piece(&mut self) -> bool {
        let enough = self.left - self.borrowed >= PIECE_NANOS;
        if enough {
            self.borrowed += PIECE_NANOS;
            self.pieces += 1;
        }
        enough
    }

    pub fn borrow(&mut self) {
        self.borrowed += self.each;
        self.entered += 1;
        self.granted = false;
    }

    /// `used` is what the group has used so far; `refusing` whether others are being refused.
    pub fn tick(&mut self, now: Duration, used: Duration, refusing: bool) {
        if let Some((then, before)) = self.seen {
            let passed = now.saturating_sub(then).min(LONGEST_EARNED).as_nanos() as i64;
            let spent = used.saturating_sub(before).as_nanos() as i64;
            let part = if refusing { PART_WHILE_REFUSING } else { PART };
            let earned = self.quota / 100_000 * part * passed / 1_000_000;
            // A debt is paid back within a moment: what the group did without us is not ours to make up for.
            self.left = (self.left + earned - spent).clamp(-4 * self.saved_max, self.saved_max);
            if self.entered > 0 {
                let requests = (spent - self.pieces * PIECE_NANOS).max(0);
                self.each = (7 * self.each + requests / self.entered).max(8) / 8;
            }
        }
        if self.entered > 0 {
            self.entered_at = now;
        }
        self.granted = self.left <= 0 && now.saturating_sub(self.entered_at) >= GRANTED_EVERY;
        (self.borrowed, self.entered, self.pieces) = (0, 0, 0);
        self.seen = Some((now, used));
    }
}
