//! Work that takes long, on a thread that may wait.

use std::sync::Arc;

use application::error::{AppError, AppResult};
use application::ports::pace::{Pace, paced};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Handed on with a request whose body is large.
#[derive(Clone)]
pub struct Unhurried(pub Arc<dyn Pace>);

impl Unhurried {
    /// Begins `work` elsewhere, where [`breathe`](application::ports::pace::breathe) pauses.
    ///
    /// # Errors
    /// When the work panicked.
    pub fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = AppResult<T>> + Send {
        let (sender, done) = oneshot::channel();
        // The receiver is gone where the request was given up.
        let running = self.begin(Box::new(move || drop(sender.send(work()))));
        async move {
            let ended = running.await.map_err(|error| error.to_string());
            let done = match ended {
                Ok(()) => done.await.map_err(|error| error.to_string()),
                Err(error) => Err(error),
            };
            done.map_err(|error| AppError::internal(format!("a thread of its own: {error}")))
        }
    }

    /// Boxed, so that a task is compiled once and not for each body that is read.
    fn begin(self, work: Box<dyn FnOnce() + Send>) -> JoinHandle<()> {
        tokio::task::spawn_blocking(move || paced(self.0, work))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::{Duration, Instant};

    use application::ports::pace::{RUNS_FOR, breathe, breathe_out};

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
