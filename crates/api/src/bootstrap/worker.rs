//! Background work of one process: recurring entries fall due, remembered answers grow old.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use super::wiring::Parts;

/// How often the background looks whether something is due.
pub const TICK: Duration = Duration::from_secs(60);

/// Starts the background work; the future ends when it has stopped.
pub fn start(_parts: &Parts, mut stopped: watch::Receiver<bool>) -> impl Future<Output = ()> + use<> {
    let running = tokio::spawn(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    async move {
        let _ = running.await;
    }
}
