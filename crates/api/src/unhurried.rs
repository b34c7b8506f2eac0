//! Work that takes long, on a thread that may wait: now and then it asks whether processor time is left, so that requests
//! and probes come in between.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::error::{AppError, AppResult};
use application::ports::pace::Pace;
use futures::TryFutureExt;

/// How long the work goes on between two pauses, and how long each lasts at most.
const RUNS_FOR: Duration = Duration::from_millis(2);
const PAUSE_MAX: Duration = Duration::from_millis(20);
/// Pieces of the work between two looks at the time.
const PIECES_BETWEEN_LOOKS: u32 = 64;

/// Handed on with a request whose body is large.
#[derive(Clone)]
pub struct Unhurried(pub Arc<dyn Pace>);

impl Unhurried {
    /// Begins `work` elsewhere, where [`breathe`] pauses.
    ///
    /// # Errors
    /// When the work panicked.
    pub fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = AppResult<T>> + Send {
        let running = tokio::task::spawn_blocking(move || {
            let _ended = Ended;
            BREATHS.set(Some(Breaths { pace: self.0, since: Instant::now(), pieces: 0 }));
            work()
        });
        running.map_err(|error| AppError::internal(format!("a thread of its own: {error}")))
    }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counted(AtomicU32);

    impl Pace for Counted {
        fn pause(&self, _: Duration) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn what_takes_long_pauses_and_what_comes_after_it_on_that_thread_does_not() {
        let pace = Arc::new(Counted::default());
        let work = || {
            let began = Instant::now();
            while began.elapsed() < 4 * RUNS_FOR {
                breathe();
            }
            breathe_out();
            std::thread::current().id()
        };
        Unhurried(pace.clone()).run(work).await.unwrap();
        let pauses = pace.0.load(Ordering::Relaxed);
        assert!((1..=4).contains(&pauses), "{pauses}");
        tokio::task::spawn_blocking(work).await.unwrap();
        work();
        assert_eq!(pace.0.load(Ordering::Relaxed), pauses);
        let failed = Unhurried(pace).run(|| panic!("on purpose")).await;
        assert!(failed.is_err());
    }
}
