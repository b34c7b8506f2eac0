//! The door while the server starts: live, not ready, and everything else comes too early.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use application::error::AppError;
use axum::Router;
use infrastructure::system::SystemIds;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Failure;
use super::listeners::bind;
use crate::admin;
use crate::health::{Lifecycle, router_before_start};
use crate::middleware::host::from_connections;
use crate::middleware::{EdgeLayer, HttpLimits, Shed};
use crate::problem::{Problem, STARTING};
use crate::serving::{Patience, Serving, Tls};

/// Connections at the same time: probes, and whoever comes too early.
const CONNECTIONS_MAX: usize = 64;
/// The time after which callers who came too early may try again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Listeners that are served by a door that lets nobody in yet.
pub struct Door {
    /// The addresses as they were asked for.
    pub addresses: Vec<SocketAddr>,
    stop: watch::Sender<bool>,
    accepting: Vec<JoinHandle<TcpListener>>,
}

impl Door {
    pub async fn open(addresses: &[SocketAddr], tls: Option<Arc<Tls>>) -> Result<Self, Failure> {
        let listeners = bind(addresses).await?;
        let (stop, stopped) = watch::channel(false);
        let serving = serving().over(tls);
        let accept = |listener| tokio::spawn(serving.clone().run(listener, stopped.clone()));
        let accepting = listeners.into_iter().map(accept).collect();
        Ok(Self { addresses: addresses.to_vec(), stop, accepting })
    }

    /// Hands the listeners over. Clients that connect meanwhile wait in the queue of the system.
    pub async fn hand_over(self) -> Vec<TcpListener> {
        let _ = self.stop.send(true);
        let mut listeners = Vec::with_capacity(self.accepting.len());
        for accepting in self.accepting {
            listeners.extend(accepting.await.ok());
        }
        listeners
    }
}

/// Each connection is closed after its answer, so that none outlives this door.
fn serving() -> Serving {
    let closing = Lifecycle::default();
    closing.drain();
    let budget = admin::overload().budget;
    Serving::new(router(), closing, (budget, None), CONNECTIONS_MAX, Patience::default())
}

fn router() -> Router {
    let hsts = HttpLimits::default().hsts;
    let ids = Arc::new(SystemIds);
    let shed = Shed::new(admin::overload().admission, ids.clone(), hsts);
    let too_early =
        || async { Problem::from(AppError { retry_after: Some(RETRY_AFTER), ..AppError::of(&STARTING) }) };
    router_before_start()
        .fallback(too_early)
        .layer(EdgeLayer::new(ids, shed, hsts, None))
        .layer(from_connections())
}
