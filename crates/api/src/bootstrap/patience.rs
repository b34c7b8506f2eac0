//! Waiting at start for what a server cannot do without.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::Failure;

/// The pause after the first attempt that failed; doubles with each further one.
const PAUSE: Duration = Duration::from_secs(1);
/// Its longest: a service that is back is used within seconds.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Why an attempt failed.
pub enum Attempt<E> {
    /// The service is away, which may be over in a moment.
    Away(E),
    /// Waiting does not mend it.
    Failed(Failure),
}

/// Tries until it succeeds or `limit` is over. Each attempt that fails is logged, once. `what` names the service and its key.
pub async fn patiently<T, E: Display>(
    what: &'static str,
    limit: Duration,
    mut attempt: impl AsyncFnMut() -> Result<T, Attempt<E>>,
) -> Result<T, Failure> {
    let until = Instant::now() + limit;
    let (mut pause, mut number) = (PAUSE, 1_u32);
    loop {
        let error = match attempt().await {
            Ok(value) => {
                if number > 1 {
                    info!(target: "erp::lifetime", What = what, Attempts = number, "{{What}}: reached at attempt {{Attempts}}");
                }
                return Ok(value);
            }
            Err(Attempt::Failed(failure)) => return Err(failure),
            Err(Attempt::Away(error)) => error,
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            warn!(target: "erp::lifetime", What = what, Attempt = number, %error, "{{What}}: attempt {{Attempt}} failed: {{error}}. It was the last");
            let seconds = limit.as_secs();
            return Err(Failure::Away(format!(
                "{what}: away for {seconds} s (Startup:TimeoutSeconds). The last attempt: {error}"
            )));
        }
        let wait = pause.min(left);
        warn!(
            target: "erp::lifetime", What = what, Attempt = number, %error, PauseMs = wait.as_millis() as u64,
            "{{What}}: attempt {{Attempt}} failed: {{error}}. The next one is in {{PauseMs}} ms"
        );
        tokio::time::sleep(wait).await;
        pause = (pause * 2).min(PAUSE_MAX);
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn tried(limit: u64, succeeds_at: u32) -> (Result<u32, Failure>, u32, u64) {
        let (mut count, began) = (0, Instant::now());
        let tried = patiently("X:Y", Duration::from_secs(limit), async || {
            count += 1;
            if count == succeeds_at { Ok(count) } else { Err(Attempt::Away("nobody there")) }
        });
        let tried = tried.await;
        (tried, count, began.elapsed().as_secs())
    }

    /// Proves: D4, X21.
    #[tokio::test(start_paused = true)]
    async fn pauses_grow_and_the_last_attempt_is_at_the_limit() {
        assert!(matches!(tried(60, 1).await, (Ok(1), 1, 0)));
        assert!(matches!(tried(60, 5).await, (Ok(5), 5, 12)), "1 + 2 + 4 + 5");
        let (failed, count, seconds) = tried(10, 99).await;
        assert_eq!((count, seconds), (5, 10), "after 0, 1, 3, 7 and 10 seconds");
        let text = failed.unwrap_err().to_string();
        assert_eq!(text, "X:Y: away for 10 s (Startup:TimeoutSeconds). The last attempt: nobody there");
        assert!(matches!(tried(0, 99).await, (Err(Failure::Away(_)), 1, 0)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_waiting_does_not_mend_ends_it() {
        let failed = patiently("X:Y", Duration::from_secs(60), async || {
            Err::<(), Attempt<String>>(Attempt::Failed(Failure::Other("a wrong password".to_owned())))
        });
        assert!(matches!(failed.await, Err(Failure::Other(_))));
    }
}
