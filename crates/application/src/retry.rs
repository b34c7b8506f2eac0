//! How often a command that met a transient failure runs again.

use std::time::Duration;

/// Runs of one command in all, the first included.
pub const ATTEMPTS_MAX: u32 = 4;
/// Longest pause before the second run; doubles with each further one.
pub const BACKOFF_BASE_MS: u64 = 20;

/// The pause before attempt `attempt` (2, 3, …): exponential, with `jitter` in 0..=255 spreading it over its whole range.
pub fn backoff(attempt: u32, jitter: u8) -> Duration {
    let ceiling = BACKOFF_BASE_MS << attempt.saturating_sub(2).min(6);
    Duration::from_micros(ceiling * 1000 * u64::from(jitter) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_jitter_spreads_them() {
        let longest: Vec<_> = (2..=ATTEMPTS_MAX).map(|attempt| backoff(attempt, 255).as_millis()).collect();
        assert_eq!(longest, [20, 40, 80]);
        assert!((2..=ATTEMPTS_MAX).all(|attempt| backoff(attempt, 0).is_zero()));
        assert!((0..=254).all(|jitter| backoff(4, jitter) < backoff(4, jitter + 1)));
    }
}
