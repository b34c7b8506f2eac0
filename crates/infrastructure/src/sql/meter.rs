//! How much was asked of the database: the budget of an operation is the difference around it. And what took long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tracing::info;

/// A statement that takes longer is logged (row G9).
pub const SLOW_STATEMENT: Duration = Duration::from_millis(50);
/// Characters of a composed text that are logged. It has no values, which are parameters.
const TEXT_LENGTH_MAX: usize = 200;

/// Counts for the life of a process.
#[derive(Debug, Default)]
pub struct Meter {
    statements: AtomicU64,
    round_trips: AtomicU64,
}

/// What was asked up to one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Statements with a name or a composed text. One that carries many rows or keys counts once; what is answered from
    /// memory, and the beginning and end of a transaction, do not count.
    pub statements: u64,
    /// Requests to a server, those that begin and end a transaction among them; none where there is no server.
    pub round_trips: u64,
}

impl Asked {
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            statements: self.statements - before.statements,
            round_trips: self.round_trips - before.round_trips,
        }
    }
}

impl Meter {
    pub fn statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub fn round_trip(&self) {
        self.round_trips.fetch_add(1, Ordering::Relaxed);
    }

    /// Logs what took long, by the statement's name or the beginning of its text.
    pub fn took(&self, statement: &str, began: Instant) {
        let took = began.elapsed();
        if took >= SLOW_STATEMENT {
            let statement: String = statement.chars().take(TEXT_LENGTH_MAX).collect();
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            info!(target: "erp::sql", statement, milliseconds, "Took {{milliseconds}} ms: {{statement}}");
        }
    }

    pub fn asked(&self) -> Asked {
        Asked {
            statements: self.statements.load(Ordering::Relaxed),
            round_trips: self.round_trips.load(Ordering::Relaxed),
        }
    }
}
