//! The server: start, ready, drain, stop.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::ports::clock::Clock;
use axum::Router;
use infrastructure::private_files;
use infrastructure::system::{SystemClock, SystemIds};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use super::configuration::adapters;
use super::listeners::{AdminListener, Shown, bind, bind_admin};
use super::metrics::{self, Others};
use super::telemetry::{EndAtEnd, Exporting, enrichers};
use super::wiring::{Parts, api_operations, assemble, http_limits};
use super::{Failure, first_start, follow, health_checks, worker};
use crate::config::{Configuration, LiveSettings, Reloader, Settings, Severity, Sources};
use crate::health::{HealthState, Lifecycle, router_with_access};
use crate::middleware::host::from_connections;
use crate::resources::Resources;
use crate::serving::{Patience, Serving, connections_max};
use crate::telemetry::{FlushAtEnd, LevelSwitch, Logs, panics};

pub async fn serve(configuration: Configuration, sources: Sources) -> Result<(), Failure> {
    let began = Instant::now();
    let settings = configuration.settings.clone();
    let said = Said::begin(&settings)?;
    let Said { logs, levels, exporting, .. } = &said;
    tell(&configuration);
    let reloader = Reloader::new(configuration, sources, adapters().checks, Arc::new(SystemIds));
    prepare_folder(&settings)?;
    let parts = assemble(&settings, Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    let welcome =
        if settings.region.read_only { None } else { first_start::provision(&settings, &parts).await? };
    let lifecycle = Lifecycle::default();
    let live = reloader.live();
    let health = health(&settings, &parts, &live, &lifecycle)?;
    let (router, sources) = router(&settings, &parts, &health, exporting);
    let listeners = bind(&settings.listen).await?;
    let admin = bind_admin(&settings.admin).await?;
    let (stop, stopped) = watch::channel(false);
    let followed = follow(&live, &parts, Some(levels.clone()), stopped.clone());
    let reloading = tokio::spawn(reloader.run(stopped.clone()));
    let (leading, background) = worker::start_seen(&parts, stopped.clone());
    let others = Others { settings: &settings, parts: &parts, live: &live, logs, leading, exporting };
    let metrics = metrics::metrics(&sources, others);
    tokio::spawn(sources.keep(stopped.clone()));
    let exported = tokio::spawn(exporting.clone().keep(live.clone(), metrics.clone(), stopped.clone()));
    let shown = Shown {
        settings: &settings,
        parts: &parts,
        health: &health,
        live: &live,
        levels,
        lifecycle: &lifecycle,
        metrics: &metrics,
    };
    let admin = AdminListener::start(admin, &shown)?;
    tokio::spawn(health.watch());
    lifecycle.ready();
    announce(logs, &listeners, welcome, began.elapsed())?;

    let serving = serving(&settings, &parts, router, &lifecycle);
    for listener in listeners {
        tokio::spawn(serving.clone().run(listener, stopped.clone()));
    }
    signal().await;
    info!(target: "erp::lifetime", "Stopping: no longer ready, finishing the requests in progress");
    lifecycle.drain();
    tokio::time::sleep(settings.shutdown.drain_delay).await;
    let _ = stop.send(true);
    parts.state.events.close();
    let finish = async {
        serving.ended().await;
        background.await;
        followed.await;
        let _ = (reloading.await, exported.await);
        if let Some(redis) = &parts.live.redis {
            // The other processes are told of the last changes.
            redis.drain(settings.shutdown.grace).await;
        }
    };
    if tokio::time::timeout(settings.shutdown.grace, finish).await.is_err() {
        warn!(target: "erp::lifetime", "Some requests did not finish within the grace period");
    }
    admin.end().await;
    if !parts.database.close().await {
        warn!(target: "erp::lifetime", "The write-ahead log could not be brought into the database file in time; the next start does it");
    }
    info!(target: "erp::lifetime", "Stopped");
    Ok(())
}

/// What the process says of itself, from its beginning to its end: lines, and what is exported.
struct Said {
    exporting: Exporting,
    logs: Logs,
    levels: LevelSwitch,
    // However it ends, what was said until then is exported, and written.
    _exported: EndAtEnd,
    _flushed: FlushAtEnd,
}

impl Said {
    fn begin(settings: &Settings) -> Result<Self, Failure> {
        let exporting = Exporting::new(settings, Arc::new(|| SystemClock.now()));
        let logs = start_logs(settings, &exporting)?;
        panics::log(logs.clone());
        let switched = logs.clone();
        let levels =
            LevelSwitch::new(settings.logging.levels.clone(), move |levels| switched.set_levels(levels));
        let (_exported, _flushed) = (exporting.ended_at_end(), FlushAtEnd(logs.clone()));
        exporting.apply(settings);
        Ok(Self { exporting, logs, levels, _exported, _flushed })
    }
}

/// The data folder; what an empty database needs is asked before one is made.
fn prepare_folder(settings: &Settings) -> Result<(), Failure> {
    private_files::create_directory(&settings.data_directory).map_err(|error| {
        let folder = settings.data_directory.display();
        Failure::Other(format!("the data folder {folder} cannot be created: {error}. Set Data:Directory to a folder that can be written"))
    })?;
    if settings.database.sqlite_file().is_some_and(|file| !file.exists()) {
        // Refused before a database is left behind that has nobody in it.
        settings.bootstrap.check_for_empty_database(settings.environment)?;
        first_start::check(&settings.bootstrap)?;
    }
    Ok(())
}

/// What the configuration has to say, once there is a log.
fn tell(configuration: &Configuration) {
    let environment = configuration.settings.environment.name();
    info!(target: "erp::lifetime", Environment = environment, "Running in {{Environment}}");
    for notice in &configuration.notices {
        match notice.severity {
            Severity::Information => info!(target: "erp::lifetime", "{}", notice.text),
            Severity::Warning => warn!(target: "erp::lifetime", "{}", notice.text),
        }
    }
}

fn start_logs(settings: &Settings, exporting: &Exporting) -> Result<Logs, Failure> {
    let enrichers = enrichers(settings);
    let time = Arc::new(|| SystemClock.now());
    let logging = settings.logging.clone();
    Logs::start(logging.levels, logging.outputs, enrichers, time, Some(exporting.tap().clone()))
        .map_err(|error| Failure::Other(format!("logs: {error}")))
}

fn health(
    settings: &Settings,
    parts: &Parts,
    live: &LiveSettings,
    lifecycle: &Lifecycle,
) -> Result<HealthState, Failure> {
    let checks = health_checks::health_checks(parts, settings, live)
        .map_err(|error| Failure::Other(error.to_string()))?;
    let access = Arc::new(health_checks::OperatorsSeeDetails(parts.state.authenticator.clone()));
    Ok(HealthState::new(checks, lifecycle.clone(), access))
}

fn router(
    settings: &Settings,
    parts: &Parts,
    health: &HealthState,
    exporting: &Exporting,
) -> (Router, Arc<metrics::Sources>) {
    let mut operations = api_operations();
    operations.plain(router_with_access(health.clone()).with_state(()));
    let sources = metrics::Sources::watch(&mut operations, parts, exporting);
    let router = operations.into_router(parts.state.clone(), &http_limits(settings));
    (router.layer(from_connections()), sources)
}

fn serving(settings: &Settings, parts: &Parts, router: Router, lifecycle: &Lifecycle) -> Serving {
    let limits = &settings.limits;
    let patience = Patience { head: limits.head_timeout, idle: limits.keep_alive, ..Patience::default() };
    let connections = limits.connections.unwrap_or_else(|| connections_max(Resources::of_process()));
    let http = http_limits(settings);
    // Rules for other origins stand in every answer, so that only the router can refuse.
    let shed = http.cors_origins.is_empty().then(|| parts.state.shed(http.hsts));
    let budget = parts.state.overload.budget.clone();
    Serving::new(router, lifecycle.clone(), (budget, shed), connections, patience)
}

/// Says where to go; the generated password is shown here, once, and kept nowhere.
fn announce(
    logs: &Logs,
    listeners: &[TcpListener],
    welcome: Option<first_start::Welcome>,
    took: Duration,
) -> Result<(), Failure> {
    let mut text = String::new();
    for listener in listeners {
        let address = listener.local_addr()?;
        info!(target: "erp::lifetime", Address = %address, StartMs = took.as_millis() as u64, "Now listening on: http://{{Address}}");
        text.push_str(&format!("  API   http://{address}/api/v1\n  Docs  http://{address}/docs\n"));
    }
    if let Some(welcome) = welcome {
        text.push_str(&welcome.to_string());
        // After the lines so far, not between them.
        logs.flush(Duration::from_secs(1));
        let _ = std::io::stdout().lock().write_all(format!("\n{text}\n").as_bytes());
    }
    Ok(())
}

/// Resolves on SIGTERM or SIGINT.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
