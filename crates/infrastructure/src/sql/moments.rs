//! The moments of transactions: each later than the one before, as long as the clock is about right.

use domain::time::Timestamp;

/// The time that a database tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseClock {
    /// A server's own clock.
    Now(Timestamp),
    /// An embedded database has this machine's clock, but remembers what it said: it is not earlier than this.
    NotBefore(Timestamp),
}

/// How far the clock may lie behind the last moment that was given, in microseconds, for moments to go on from that one.
/// A clock that is corrected by seconds keeps the order of what was recorded. Further back means that the last moment
/// was wrong, not the clock: the next ones are the clock's again, and only what was recorded while it was ahead stays so.
pub const DRIFT_MAX_MICROS: i64 = 5 * 60 * 1_000_000;

/// The moment after `last` when the clock says `now`.
pub fn next_moment(now: Timestamp, last: Timestamp) -> Timestamp {
    let (now, last) = (now.micros(), last.micros());
    let behind = last - now >= 0 && last - now <= DRIFT_MAX_MICROS;
    Timestamp::from_micros(if behind { last + 1 } else { now })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_order_and_follow_a_clock_that_is_set_right() {
        let at = Timestamp::from_micros;
        let next = |now, last| next_moment(at(now), at(last)).micros();
        let second = 1_000_000;
        assert_eq!(next(100 * second, 0), 100 * second, "the clock's");
        assert_eq!(next(100 * second, 100 * second), 100 * second + 1, "two at once are in order");
        assert_eq!(next(40 * second, 100 * second), 100 * second + 1, "set back by a minute");
        let year_ahead = 400 * 86_400 * second;
        assert_eq!(next(100 * second, year_ahead), 100 * second, "it was ahead, and is right again");
        assert_eq!(next(101 * second, 100 * second), 101 * second);
    }
}
