//! Meter of the requests to the database: the budget of an operation is the difference around it. It also notes slow
//! statements.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use application::ports::slow_statements::SlowStatement;
use signals::event::Service;
use signals::{Call, Counter, Histogram, Outcome, Snapshot};
use tracing::info;

use super::slow::{Line, Slow, milliseconds};

/// A statement that takes longer is logged (row G9).
pub const SLOW_STATEMENT: Duration = Duration::from_millis(50);
/// Upper bounds of the buckets, in microseconds. 50 ms is the target.
const BOUNDS: [u64; 14] =
    [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// Counts for the life of a process.
pub struct Meter {
    service: Service,
    /// Server and database.
    target: String,
    statements: Counter,
    round_trips: Counter,
    failures: Counter,
    reads: Histogram,
    writes: Histogram,
    waits: Histogram,
    dials: Counter,
    failed_dials: Counter,
    slow: Mutex<Slow>,
}

/// The pool of connections at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    pub used: usize,
    pub idle: usize,
    pub max: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

/// Connections that were made to a server, and those that could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dials {
    pub all: u64,
    pub failed: u64,
}

/// The context in which a statement ran: by itself, or in the transaction of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    Read,
    Write,
}

/// The number of statements and round trips up to one moment.
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
    pub fn new(service: Service, target: String) -> Self {
        let histogram = || Histogram::new(BOUNDS);
        Self {
            service,
            target,
            statements: Counter::default(),
            round_trips: Counter::default(),
            failures: Counter::default(),
            reads: histogram(),
            writes: histogram(),
            waits: histogram(),
            dials: Counter::default(),
            failed_dials: Counter::default(),
            slow: Mutex::default(),
        }
    }

    pub fn statement(&self) {
        self.statements.add();
    }

    pub fn round_trip(&self) {
        self.round_trips.add();
    }

    /// Notes a statement that has ended, by its name or, where it has none, the beginning of its text.
    pub fn took<T, E: Display>(
        &self,
        ran: Ran,
        (name, text): (&str, &str),
        began: Instant,
        result: &Result<T, E>,
    ) {
        let took = began.elapsed();
        match ran {
            Ran::Read => self.reads.add(took),
            Ran::Write => self.writes.add(took),
        }
        let name = if name.is_empty() { text } else { name };
        let outcome = match result {
            Ok(_) => Outcome::Succeeded,
            Err(error) => {
                self.failures.add();
                Outcome::Failed(error)
            }
        };
        Call { service: self.service, name, target: &self.target, data: text, took, outcome }.ended();
        if took >= SLOW_STATEMENT {
            self.slow(name, took);
        }
    }

    fn slow(&self, statement: &str, took: Duration) {
        let line = self.slowest().ran(statement, took, Instant::now());
        let Some(Line { statement, left_out }) = line else { return };
        let milliseconds = milliseconds(took);
        if left_out > 0 {
            info!(target: "erp::sql", left_out, "{{left_out}} slow statements were not logged, because there were many");
        }
        info!(target: "erp::sql", statement, milliseconds, "Took {{milliseconds}} ms: {{statement}}");
    }

    fn slowest(&self) -> MutexGuard<'_, Slow> {
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every statement that was slow, those that took longest altogether first.
    pub fn slow_statements(&self) -> Vec<SlowStatement> {
        self.slowest().statements(Instant::now())
    }

    pub fn asked(&self) -> Asked {
        Asked { statements: self.statements.read(), round_trips: self.round_trips.read() }
    }

    /// How long statements took so far.
    pub fn durations(&self, ran: Ran) -> Snapshot {
        match ran {
            Ran::Read => self.reads.read(),
            Ran::Write => self.writes.read(),
        }
    }

    /// Notes how long a request waited for its connection, whether it got one or not.
    pub fn waited(&self, wait: Duration) {
        self.waits.add(wait);
    }

    /// How long requests waited for their connections so far.
    pub fn waits(&self) -> Snapshot {
        self.waits.read()
    }

    /// Notes a dial of a server, with its login.
    pub fn dialled<T, E>(&self, answer: &Result<T, E>) {
        self.dials.add();
        if answer.is_err() {
            self.failed_dials.add();
        }
    }

    pub fn dials(&self) -> Dials {
        Dials { all: self.dials.read(), failed: self.failed_dials.read() }
    }

    /// Statements that failed so far.
    pub fn failures(&self) -> u64 {
        self.failures.read()
    }
}
