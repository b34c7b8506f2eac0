//! The addresses the server listens on: those of the API, and that of the admin listener beside it.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use super::{Failure, Parts};
use crate::admin::{self, AdminState};
use crate::config::Admin;
use crate::health::Lifecycle;
use crate::operating::Operating;
use crate::serving::{Patience, Serving};

/// How long admin requests in progress may take once everything else has ended.
const ADMIN_GRACE: Duration = Duration::from_secs(1);

pub async fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, Failure> {
    let mut listeners = Vec::with_capacity(addresses.len());
    for address in addresses {
        let listener = match TcpListener::bind(address).await {
            Err(error) if may_be_missing(*address, &error) => match without_ipv6(*address, addresses) {
                Some(instead) => TcpListener::bind(instead).await,
                // The other loopback address is listened to.
                None => continue,
            },
            bound => bound,
        };
        listeners
            .push(listener.map_err(|error| Failure::Other(format!("cannot listen on {address}: {error}")))?);
    }
    Ok(listeners)
}

/// Whether the address failed because the machine has no IPv6, rather than because the port is taken.
fn may_be_missing(address: SocketAddr, error: &std::io::Error) -> bool {
    let taken = matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied);
    address.is_ipv6() && !taken
}

/// The meaning of `*` and `localhost` without IPv6: every IPv4 address instead of every address, and nothing more
/// than the loopback address of IPv4. Any other address stays as it is, and fails.
fn without_ipv6(address: SocketAddr, all: &[SocketAddr]) -> Option<SocketAddr> {
    let port = address.port();
    if address.ip().is_unspecified() {
        return Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
    }
    let beside = all.contains(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    (!(address.ip().is_loopback() && beside)).then_some(address)
}

/// Binds the listeners for operators. A developer's second server does without them, unless an address was configured.
pub async fn bind_admin(admin: &Admin) -> Result<Vec<TcpListener>, Failure> {
    match bind(&admin.listen).await {
        Ok(listeners) => Ok(listeners),
        Err(error) if admin.required => Err(Failure::Other(format!(
            "Admin:Urls: {error}. Another process has the port: give this one another, such as \
             Admin:Urls=http://127.0.0.1:9091, or Admin:Urls=off"
        ))),
        Err(error) => {
            warn!(
                target: "erp::lifetime", %error,
                "There is no admin listener: {{error}}. Another server probably has the port; Admin:Urls chooses another"
            );
            Ok(Vec::new())
        }
    }
}

/// The running admin listener. It outlives the API's, so that the end can be watched.
pub struct AdminListener {
    serving: Serving,
    stop: watch::Sender<bool>,
}

impl AdminListener {
    pub fn start(
        listeners: Vec<TcpListener>,
        (parts, lifecycle): (&Parts, &Lifecycle),
        operating: Operating,
    ) -> Result<Self, Failure> {
        let application = &parts.state.application;
        let state = AdminState {
            operating,
            overload: parts.state.overload.clone(),
            clock: application.clock.clone(),
            ids: application.ids.clone(),
        };
        let (router, budget) = (admin::router(state), admin::overload().budget);
        let (lifecycle, patience) = (lifecycle.clone(), Patience::default());
        let serving = Serving::new(router, lifecycle, (budget, None), admin::CONNECTIONS_MAX, patience);
        let (stop, stopped) = watch::channel(false);
        for listener in listeners {
            let address = listener.local_addr()?;
            info!(target: "erp::lifetime", Address = %address, "The admin listener is on: http://{{Address}}");
            tokio::spawn(serving.clone().run(listener, stopped.clone()));
        }
        Ok(Self { serving, stop })
    }

    pub async fn end(self) {
        let _ = self.stop.send(true);
        // A caller that is still asking has had an answer to every earlier request.
        let _ = tokio::time::timeout(ADMIN_GRACE, self.serving.ended()).await;
    }
}
