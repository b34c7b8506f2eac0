//! How fast work may go that takes long: now and then it asks whether processor time is left, so that requests and probes
//! come in between.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the work goes on between two pauses, and how long each lasts at most.
pub const RUNS_FOR: Duration = Duration::from_millis(2);
const PAUSE_MAX: Duration = Duration::from_millis(20);
/// Pieces of the work between two looks at the time.
const PIECES_BETWEEN_LOOKS: u32 = 64;

/// Asked on threads that may wait, between two pieces of something that takes long. Where the process has a quota of
/// processor time, one long piece would use it up and everything would stand still, answers to probes included.
pub trait Pace: Send + Sync {
    /// Returns when processor time is left for another piece, or after `longest`.
    fn pause(&self, longest: Duration);
}

/// No work has to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unpaced;

impl Pace for Unpaced {
    fn pause(&self, _: Duration) {}
}

/// Does the work of a thread that may wait; [`breathe`] pauses within it, and does nothing afterwards.
pub fn paced<T>(pace: Arc<dyn Pace>, work: impl FnOnce() -> T) -> T {
    let _ended = Ended;
    BREATHS.set(Some(Breaths { pace, since: Instant::now(), pieces: 0 }));
    work()
}

struct Breaths {
    pace: Arc<dyn Pace>,
    since: Instant,
    pieces: u32,
}

thread_local! {
    static BREATHS: RefCell<Option<Breaths>> = const { RefCell::new(None) };
}

/// The thread is used for other things afterwards.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        BREATHS.set(None);
    }
}

/// A small piece of the work is done. Nothing where the work is short, on the thread of a request.
pub fn breathe() {
    BREATHS.with_borrow_mut(|breaths| {
        let Some(breaths) = breaths else { return };
        breaths.pieces += 1;
        if breaths.pieces % PIECES_BETWEEN_LOOKS == 0 {
            breaths.look();
        }
    });
}

/// A larger one is.
pub fn breathe_out() {
    BREATHS.with_borrow_mut(|breaths| {
        if let Some(breaths) = breaths {
            breaths.look();
        }
    });
}

impl Breaths {
    fn look(&mut self) {
        if self.since.elapsed() >= RUNS_FOR {
            self.pace.pause(PAUSE_MAX);
            self.since = Instant::now();
        }
    }
}
