//! The addresses the server listens on: those of the API, and that of the admin listener beside it.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use infrastructure::sql::dialect::Dialect;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use super::health_checks::database_name;
use super::stores::build;
use super::{Failure, Parts};
use crate::admin::{self, AdminState, Build};
use crate::config::{Admin, LiveSettings, Settings};
use crate::health::{HealthState, Lifecycle};
use crate::metrics::Metrics;
use crate::resources::Resources;
use crate::serving::{Patience, Serving};
use crate::telemetry::LevelSwitch;

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

/// Whether the machine has no IPv6, rather than the port being taken.
fn may_be_missing(address: SocketAddr, error: &std::io::Error) -> bool {
    let taken = matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied);
    address.is_ipv6() && !taken
}

/// What `*` and `localhost` mean there: every IPv4 address instead of every address, and nothing more than the loopback
/// address of IPv4. Any other address stays as it is, and fails.
fn without_ipv6(address: SocketAddr, all: &[SocketAddr]) -> Option<SocketAddr> {
    let port = address.port();
    if address.ip().is_unspecified() {
        return Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
    }
    let beside = all.contains(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    (!(address.ip().is_loopback() && beside)).then_some(address)
}

/// The same for operators. A developer's second server does without where nobody asked for an address.
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

/// What the admin listener shows.
pub struct Shown<'a> {
    pub settings: &'a Settings,
    pub parts: &'a Parts,
    pub health: &'a HealthState,
    pub live: &'a LiveSettings,
    pub levels: &'a LevelSwitch,
    pub lifecycle: &'a Lifecycle,
    pub metrics: &'a Metrics,
}

impl AdminListener {
    pub fn start(listeners: Vec<TcpListener>, shown: &Shown<'_>) -> Result<Self, Failure> {
        let application = &shown.parts.state.application;
        let state = AdminState {
            health: shown.health.clone(),
            levels: shown.levels.clone(),
            live: shown.live.clone(),
            overload: shown.parts.state.overload.clone(),
            metrics: shown.metrics.clone(),
            clock: application.clock.clone(),
            ids: application.ids.clone(),
            build: Arc::new(build_of(
                shown.settings,
                shown.parts.database.dialect(),
                application.clock.now(),
            )),
        };
        let (router, budget) = (admin::router(state), admin::overload().budget);
        let (lifecycle, patience) = (shown.lifecycle.clone(), Patience::default());
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
        // Whoever still asks has had an answer to every earlier request.
        let _ = tokio::time::timeout(ADMIN_GRACE, self.serving.ended()).await;
    }
}

fn build_of(settings: &Settings, dialect: Dialect, started_at: domain::time::Timestamp) -> Build {
    let resources = Resources::of_process();
    Build {
        version: env!("CARGO_PKG_VERSION"),
        build: build(),
        environment: settings.environment.name(),
        database: database_name(dialect),
        process_id: std::process::id(),
        started_at,
        worker_threads: resources.worker_threads(),
        cpus: resources.cpus,
        memory_bytes: resources.memory_bytes,
        open_files_max: resources.open_files,
    }
}
