//! Pauses in long work, so that requests and probes come in between where processor time is short.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use application::ports::pace::Pace;

/// Steps of a read on a thread of its own between two pauses: about two milliseconds.
const READ_STEPS: u32 = 50_000;
/// The longest pause of a read.
const READ_PAUSE_MAX: Duration = Duration::from_millis(20);
/// How long a work runs before its first pause: nearly all end before, so only what takes long waits.
const WRITES_RUN_AT_FIRST: Duration = Duration::from_millis(8);
/// How long it runs between two pauses, none of which may be long, because everybody else's writes wait, too.
const WRITES_RUN_FOR: Duration = Duration::from_millis(4);
const WRITE_PAUSE_MAX: Duration = Duration::from_millis(10);

/// Rows of one statement between two looks at the time.
const ROWS_BETWEEN_LOOKS: usize = 64;

/// The pauses of one read.
pub struct ReadPauses {
    pace: Arc<dyn Pace>,
    /// Steps until the next one.
    left: u32,
}

impl ReadPauses {
    pub fn new(pace: Arc<dyn Pace>) -> Self {
        Self { pace, left: READ_STEPS }
    }

    /// The engine has taken so many steps more.
    pub fn stepped(&mut self, steps: u32) {
        self.left = self.left.saturating_sub(steps);
        if self.left == 0 {
            self.left = READ_STEPS;
            self.pace.pause(READ_PAUSE_MAX);
        }
    }
}

/// The pauses of the writer; clones share them.
#[derive(Clone)]
pub struct WritePauses(Arc<Writing>);

struct Writing {
    pace: Arc<dyn Pace>,
    origin: Instant,
    /// The time of the next pause, in microseconds after `origin`.
    due: AtomicU64,
}

impl WritePauses {
    pub fn new(pace: Arc<dyn Pace>) -> Self {
        Self(Arc::new(Writing { pace, origin: Instant::now(), due: AtomicU64::new(0) }))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.origin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn due_in(&self, runs_for: Duration) {
        let due = self.0.origin.elapsed() + runs_for;
        self.0.due.store(u64::try_from(due.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A work begins.
    pub fn began(&self) {
        self.due_in(WRITES_RUN_AT_FIRST);
    }

    /// Something is done: time to pause, perhaps.
    pub fn look(&self) {
        if self.now() >= self.0.due.load(Ordering::Relaxed) {
            self.0.pace.pause(WRITE_PAUSE_MAX);
            self.due_in(WRITES_RUN_FOR);
        }
    }

    /// Looks once in so many rows of a statement; called for each row with its number.
    pub fn look_now_and_then(&self, row: usize) {
        if row % ROWS_BETWEEN_LOOKS == ROWS_BETWEEN_LOOKS - 1 {
            self.look();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Counted(Mutex<Vec<Duration>>);

    impl Pace for Counted {
        fn pause(&self, longest: Duration) {
            self.0.lock().unwrap().push(longest);
        }
    }

    #[test]
    fn a_read_pauses_after_so_many_steps() {
        let pace = Arc::new(Counted::default());
        let mut pauses = ReadPauses::new(pace.clone());
        for _ in 0..READ_STEPS / 1_000 * 3 - 1 {
            pauses.stepped(1_000);
        }
        assert_eq!(*pace.0.lock().unwrap(), [READ_PAUSE_MAX; 2]);
    }

    #[test]
    fn only_a_work_that_takes_long_pauses() {
        let pace = Arc::new(Counted::default());
        let pauses = WritePauses::new(pace.clone());
        pauses.began();
        pauses.look();
        assert!(pace.0.lock().unwrap().is_empty());
        std::thread::sleep(WRITES_RUN_AT_FIRST);
        pauses.look();
        assert_eq!(*pace.0.lock().unwrap(), [WRITE_PAUSE_MAX]);
        std::thread::sleep(WRITES_RUN_FOR);
        pauses.look();
        assert_eq!(pace.0.lock().unwrap().len(), 2);
        std::thread::sleep(WRITES_RUN_FOR);
        pauses.began();
        pauses.look();
        assert_eq!(pace.0.lock().unwrap().len(), 2);
    }
}
