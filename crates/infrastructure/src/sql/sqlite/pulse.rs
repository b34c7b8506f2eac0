//! Signs of life of the writer: when it last got something done, even in the middle of one long statement.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use application::ports::storage_error::StorageResult;
use rusqlite::Connection;

use super::pauses::WritePauses;
use super::values::storage_error;

/// Steps of the engine between two signs of life of one statement.
const STEPS: i32 = 100_000;

/// Shared by the writer's thread and whoever asks after it.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Beats>);

#[derive(Debug)]
struct Beats {
    origin: Instant,
    /// The last one, in milliseconds after `origin`.
    last: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self(Arc::new(Beats { origin: Instant::now(), last: AtomicU64::new(0) }))
    }
}

impl Pulse {
    fn now(&self) -> u64 {
        u64::try_from(self.0.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub fn beat(&self) {
        self.0.last.store(self.now(), Ordering::Relaxed);
    }

    /// The time for which nothing got done.
    pub fn silent_for(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.0.last.load(Ordering::Relaxed)))
    }

    /// Also beats while a statement of this connection runs, which pauses now and then.
    pub fn of(&self, connection: &Connection, pauses: WritePauses) -> StorageResult<()> {
        let pulse = self.clone();
        let goes_on = move || {
            pulse.beat();
            pauses.look();
            false
        };
        connection.progress_handler(STEPS, Some(goes_on)).map_err(storage_error)
    }
}

#[cfg(test)]
mod tests {
    use application::ports::pace::Unpaced;

    use super::*;

    #[test]
    fn one_long_statement_shows_life() {
        let connection = Connection::open_in_memory().unwrap();
        let pulse = Pulse::default();
        pulse.of(&connection, WritePauses::new(Arc::new(Unpaced))).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        assert!(pulse.silent_for() >= Duration::from_millis(50));
        let text = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000) SELECT max(x) FROM n";
        let counted: i64 = connection.query_row(text, [], |row| row.get(0)).unwrap();
        assert_eq!(counted, 200_000);
        assert!(pulse.silent_for() < Duration::from_millis(50), "{:?}", pulse.silent_for());
    }
}
