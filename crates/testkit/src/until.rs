//! Waiting in tests for what happens beside them.

use std::time::{Duration, Instant};

/// A condition that does not hold by then never will.
const LIMIT: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(20);

/// Waits until something holds, and answers how long that took.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < LIMIT, "{what}: never");
        tokio::time::sleep(STEP).await;
    }
    began.elapsed()
}
