//! Slow statements: a few lines in the log, and an account of all of them for operators.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use application::ports::slow_statements::SlowStatement;

/// Lines about slow statements in one [`SLOW_LINES_WINDOW`]: under pressure every statement is slow, and writing that down
/// makes it slower.
pub const SLOW_LINES_MAX: u32 = 10;
pub const SLOW_LINES_WINDOW: Duration = Duration::from_secs(10);
/// Statements of which an account is kept; of more, the one that was slow longest ago is forgotten.
pub const SLOW_STATEMENTS_MAX: usize = 200;
/// Characters of a composed text that are kept. It has no values, which are parameters.
const TEXT_LENGTH_MAX: usize = 200;

/// The statements that were slow since the process began.
#[derive(Debug, Default)]
pub struct Slow {
    window: Option<Instant>,
    lines: u32,
    left_out: u64,
    statements: HashMap<String, Runs>,
}

#[derive(Debug, Clone, Copy)]
struct Runs {
    count: u64,
    total: Duration,
    longest: Duration,
    last: Instant,
}

/// A line that is to be logged.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub statement: String,
    /// How many were not logged since the last one.
    pub left_out: u64,
}

impl Slow {
    /// Takes account of a slow run. Answers what to log, unless enough was logged lately.
    pub fn ran(&mut self, statement: &str, took: Duration, now: Instant) -> Option<Line> {
        let statement: String = statement.chars().take(TEXT_LENGTH_MAX).collect();
        self.count(&statement, took, now);
        self.line(now).map(|left_out| Line { statement, left_out })
    }

    fn count(&mut self, statement: &str, took: Duration, now: Instant) {
        if let Some(runs) = self.statements.get_mut(statement) {
            runs.count += 1;
            runs.total += took;
            runs.longest = runs.longest.max(took);
            runs.last = now;
            return;
        }
        if self.statements.len() >= SLOW_STATEMENTS_MAX {
            let oldest = self.statements.iter().min_by_key(|(_, runs)| runs.last);
            if let Some(oldest) = oldest.map(|(statement, _)| statement.clone()) {
                self.statements.remove(&oldest);
            }
        }
        let runs = Runs { count: 1, total: took, longest: took, last: now };
        self.statements.insert(statement.to_owned(), runs);
    }

    /// Whether to log a line now; with how many were left out since the last one.
    fn line(&mut self, now: Instant) -> Option<u64> {
        if self.window.is_none_or(|began| now.saturating_duration_since(began) >= SLOW_LINES_WINDOW) {
            (self.window, self.lines) = (Some(now), 0);
        }
        if self.lines >= SLOW_LINES_MAX {
            self.left_out += 1;
            return None;
        }
        self.lines += 1;
        Some(std::mem::take(&mut self.left_out))
    }

    /// The slow statements, those with the longest total time first.
    pub fn statements(&self, now: Instant) -> Vec<SlowStatement> {
        let seen = |(statement, runs): (&String, &Runs)| SlowStatement {
            statement: statement.clone(),
            count: runs.count,
            total_ms: milliseconds(runs.total),
            max_ms: milliseconds(runs.longest),
            last_seconds_ago: now.saturating_duration_since(runs.last).as_secs(),
        };
        let mut all: Vec<_> = self.statements.iter().map(seen).collect();
        all.sort_by(|a, b| b.total_ms.cmp(&a.total_ms).then_with(|| a.statement.cmp(&b.statement)));
        all
    }
}

pub fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_millis(60);

    /// Proves: G9.
    #[test]
    fn many_slow_statements_are_a_few_lines_and_a_count() {
        let (mut slow, began) = (Slow::default(), Instant::now());
        let logged = (0..1_000).filter(|_| slow.ran("a", LONG, began).is_some()).count();
        assert_eq!(logged, SLOW_LINES_MAX as usize);
        let left_out = 1_000 - u64::from(SLOW_LINES_MAX);
        let mut next = || slow.ran("a", LONG, began + SLOW_LINES_WINDOW).map(|line| line.left_out);
        assert_eq!((next(), next()), (Some(left_out), Some(0)));
        assert_eq!(slow.statements(began)[0].count, 1_002);
    }

    #[test]
    fn the_account_is_by_statement_and_forgets_what_was_slow_longest_ago() {
        let (mut slow, began) = (Slow::default(), Instant::now());
        let at = |n: usize| began + Duration::from_secs(n as u64);
        for n in 0..SLOW_STATEMENTS_MAX {
            slow.ran(&format!("s{n}"), LONG, at(n));
        }
        slow.ran("s0", LONG * 3, at(500));
        slow.ran(&"x".repeat(5_000), LONG, at(501));
        let seen = slow.statements(at(510));
        assert_eq!(seen.len(), SLOW_STATEMENTS_MAX);
        let first = SlowStatement {
            statement: "s0".to_owned(),
            count: 2,
            total_ms: 240,
            max_ms: 180,
            last_seconds_ago: 10,
        };
        assert_eq!(seen[0], first);
        assert!(seen.iter().all(|one| one.statement != "s1"), "the oldest gave way");
        assert!(seen.iter().any(|one| one.statement == "x".repeat(TEXT_LENGTH_MAX)));
    }
}
