//! The end of a server: it is not ready at once, finishes the requests in progress and writes its last log lines. Each step
//! has a time limit, so that whoever waits for the end knows how long that may be.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{info, warn};

use super::Parts;
use super::listeners::AdminListener;
use super::signals::Signals;
use crate::config::Shutdown;
use crate::health::Lifecycle;

/// How long the database may take to close when requests have used up their time: more, and a stop would take longer than
/// ten seconds beyond them.
const CLOSING_MIN: Duration = Duration::from_secs(5);

/// The parts of a server that have to end.
pub struct Ending<F> {
    pub lifecycle: Lifecycle,
    pub shutdown: Shutdown,
    pub stop: watch::Sender<bool>,
    pub parts: Parts,
    pub admin: AdminListener,
    /// Resolves when requests, background work and the news for others are done.
    pub in_progress: F,
}

/// Waits for a signal, and then ends everything in order. A second signal ends what the first one waits for.
pub async fn end<F: Future<Output = ()>>(ending: Ending<F>, mut signals: Signals) {
    signals.next().await;
    info!(target: "erp::lifetime", "Stopping: no longer ready, finishing the requests in progress");
    let Ending { lifecycle, shutdown, stop, parts, admin, in_progress } = ending;
    lifecycle.drain();
    let hurried = tokio::select! {
        () = tokio::time::sleep(shutdown.drain_delay) => false,
        () = signals.next() => true,
    };
    let began = Instant::now();
    let _ = stop.send(true);
    // Streams never end by themselves.
    parts.state.events.close();
    let hurried = hurried
        || tokio::select! {
            finished = tokio::time::timeout(shutdown.grace, in_progress) => {
                if finished.is_err() {
                    warn!(target: "erp::lifetime", "Some requests did not finish within the grace period");
                }
                false
            }
            () = signals.next() => true,
        };
    if hurried {
        warn!(target: "erp::lifetime", "A second signal: what is still in progress is given up");
    }
    admin.end().await;
    let left = if hurried { Duration::ZERO } else { shutdown.grace.saturating_sub(began.elapsed()) };
    let closed = tokio::time::timeout(left + CLOSING_MIN, parts.database.close()).await;
    if closed != Ok(true) {
        warn!(target: "erp::lifetime", "The write-ahead log could not be brought into the database file in time; the next start does it");
    }
    info!(target: "erp::lifetime", "Stopped");
}
