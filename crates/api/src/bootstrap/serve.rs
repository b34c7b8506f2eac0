//! The server: start, ready, drain, stop.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::platform::backups::service::BackupService;
use application::ports::clock::Clock;
use axum::Router;
use infrastructure::private_files;
use infrastructure::system::{SystemClock, SystemIds};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use super::configuration::{adapters, configure};
use super::door::Door;
use super::listeners::{AdminListener, bind_admin};
use super::operating::{Seen, SharedLevels, Watched, watched};
use super::patience::{Attempt, patiently};
use super::signals::Signals;
use super::stopping::{Ending, end};
use super::telemetry::{EndAtEnd, Exporting, enrichers};
use super::wiring::{Parts, http_limits, overload_of, put_together};
use super::{Failure, backups, first_start, follow, health_checks, stores, worker};
use crate::config::{
    Configuration, Environment, Gathered, LiveSettings, Logging, NotLoaded, Reloader, Settings, Severity,
    Sources,
};
use crate::health::{HealthState, Lifecycle};
use crate::resources::Resources;
use crate::serving::{Patience, Serving, Tls, TlsFiles, connections_max};
use crate::telemetry::{FlushAtEnd, LevelSwitch, Logs, Outputs, panics};

/// The door, its TLS and the logs that a start has opened so far. They outlive a start that is given up, so that its log
/// lines are still written.
#[derive(Default)]
struct Early {
    door: Option<Door>,
    tls: Option<Arc<Tls>>,
    said: Option<Said>,
}

/// The logs and the telemetry of the process, from its beginning to its end.
struct Said {
    exporting: Exporting,
    logs: Logs,
    outputs: Outputs,
    // However the process ends, telemetry and log lines up to that point are delivered.
    _exported: EndAtEnd,
    _flushed: FlushAtEnd,
}

/// A server whose parts are there.
struct Started {
    settings: Settings,
    parts: Parts,
    reloader: Reloader,
    levels: LevelSwitch,
    welcome: Option<first_start::Welcome>,
    logs: Logs,
    exporting: Exporting,
}

pub async fn serve(sources: Sources, mut signals: Signals) -> Result<(), Failure> {
    let began = Instant::now();
    // However this ends, what was said until then is exported and written: it is dropped last.
    let mut early = Early::default();
    let started = tokio::select! {
        started = early.start(sources) => started?,
        () = signals.next() => {
            info!(target: "erp::lifetime", "Stopped before the start was complete");
            return Ok(());
        }
    };
    let Started { settings, parts, reloader, levels, welcome, logs, exporting } = started;
    let lifecycle = Lifecycle::default();
    let live = reloader.live();
    let health = health(&settings, &parts, &live, &lifecycle)?;
    let standing = worker::Standing::of(&parts);
    let backups = backups::of_server(&settings, &parts)?;
    let seen = Seen {
        backups: backups.clone().map(|backups| backups as Arc<dyn BackupService>),
        settings: &settings,
        parts: &parts,
        health: &health,
        live: &live,
        levels: &levels,
        logs: &logs,
        exporting: &exporting,
    };
    let Watched { router, operating, sources } = watched(&seen, standing.leading.clone());
    let admin = bind_admin(&settings.admin).await?;
    let listeners = early.listeners(&settings.listen).await?;
    let (stop, stopped) = watch::channel(false);
    let followed = follow(&live, &parts, Some(levels.clone()), stopped.clone());
    let reloading = tokio::spawn(reloader.run(stopped.clone()));
    let leading = standing.leading.clone();
    let background = standing.start(&parts, stopped.clone());
    let backing_up = backups.map(|backups| tokio::spawn(backups.run(leading, stopped.clone())));
    tokio::spawn(SharedLevels::new(&parts, &operating).follow(stopped.clone()));
    tokio::spawn(sources.keep(stopped.clone()));
    let kept = tokio::spawn(exporting.clone().keep(live.clone(), operating.metrics.clone(), stopped.clone()));
    let admin = AdminListener::start(admin, (&parts, &lifecycle), operating)?;
    tokio::spawn(health.watch());
    lifecycle.ready();
    announce(&logs, (listeners.as_slice(), settings.scheme()), welcome, began.elapsed())?;
    if let Some(tls) = &early.tls {
        tokio::spawn(tls.follow(stopped.clone()));
    }

    let serving = serving(&settings, &parts, router, &lifecycle).over(early.tls.clone());
    for listener in listeners {
        tokio::spawn(serving.clone().run(listener, stopped.clone()));
    }
    let (redis, grace) = (parts.live.redis.clone(), settings.shutdown.grace);
    let in_progress = async move {
        serving.ended().await;
        background.await;
        if let Some(backing_up) = backing_up {
            let _ = backing_up.await;
        }
        followed.await;
        let _ = reloading.await;
        // The last numbers are handed over.
        let _ = kept.await;
        if let Some(redis) = &redis {
            // The other processes are told of the last changes.
            redis.drain(grace).await;
        }
    };
    end(Ending { lifecycle, shutdown: settings.shutdown, stop, parts, admin, in_progress }, signals).await;
    Ok(())
}

impl Early {
    /// Everything up to the moment at which requests can be served. Dependencies that are away are waited for, and
    /// meanwhile the door says that the server lives.
    async fn start(&mut self, sources: Sources) -> Result<Started, Failure> {
        let configuration = self.configuration(&sources).await?;
        let settings = configuration.settings.clone();
        let (logs, exporting) = self.said(&settings.logging, settings.environment)?;
        exporting.apply(&settings);
        let switched = logs.clone();
        let levels =
            LevelSwitch::new(settings.logging.levels.clone(), move |levels| switched.set_levels(levels));
        tell(&configuration);
        let reloader = Reloader::new(configuration, sources, adapters().checks, Arc::new(SystemIds));
        prepare_folder(&settings)?;
        self.open_tls(&settings.tls).await?;
        self.open(&settings.listen).await?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let overload = overload_of(&settings);
        let pace = Arc::new(overload.0.admission.clone());
        let database = stores::await_database(&settings, pace, clock.clone(), ids.clone()).await?;
        let parts = put_together(&settings, (database, overload), clock, ids)?;
        let welcome =
            if settings.region.read_only { None } else { first_start::provision(&settings, &parts).await? };
        Ok(Started { settings, parts, reloader, levels, welcome, logs, exporting })
    }

    /// Reads the configuration; remote sources that are away are waited for.
    async fn configuration(&mut self, sources: &Sources) -> Result<Configuration, Failure> {
        let Some(before) = Gathered::local(sources)?.before_sources() else {
            return Ok(configure(sources).await?);
        };
        // An address that cannot be had now may be another one when the sources have answered.
        let _ = self.open_tls(&before.tls).await;
        let _ = self.open(&before.listen).await;
        patiently("The sources of settings", before.patience, async || {
            match Configuration::load_once(sources, &adapters()).await {
                Ok(configuration) => Ok(configuration),
                Err(NotLoaded::Wrong(errors)) => Err(Attempt::Failed(errors.into())),
                Err(NotLoaded::Away(errors)) => {
                    self.said(&before.logging, before.environment).map_err(Attempt::Failed)?;
                    Err(Attempt::Away(errors.listed()))
                }
            }
        })
        .await
    }

    /// The running logs, and what is exported of them. They begin when there is something to say, which may be before all
    /// sources have answered.
    fn said(&mut self, logging: &Logging, environment: Environment) -> Result<(Logs, Exporting), Failure> {
        if let Some(said) = &self.said {
            if said.outputs != logging.outputs {
                warn!(target: "erp::lifetime", "Where logs go was read before the remote sources answered; what they say of it counts after a restart");
            }
            said.logs.set_levels(logging.levels.clone());
            return Ok((said.logs.clone(), said.exporting.clone()));
        }
        let exporting = Exporting::new(environment, Arc::new(|| SystemClock.now()));
        let logs = start_logs(logging, environment, &exporting)?;
        panics::log(logs.clone());
        self.said = Some(Said {
            outputs: logging.outputs.clone(),
            _exported: exporting.ended_at_end(),
            _flushed: FlushAtEnd(logs.clone()),
            exporting: exporting.clone(),
            logs: logs.clone(),
        });
        Ok((logs, exporting))
    }

    /// Opens the door, unless it is open there.
    async fn open(&mut self, addresses: &[SocketAddr]) -> Result<(), Failure> {
        if self.door.as_ref().is_some_and(|door| door.addresses == addresses) {
            return Ok(());
        }
        if let Some(other) = self.door.take() {
            other.hand_over().await;
        }
        self.door = Some(Door::open(addresses, self.tls.clone()).await?);
        Ok(())
    }

    /// Reads the certificate, if it is not read already. A door that was opened with none is closed.
    async fn open_tls(&mut self, files: &Option<TlsFiles>) -> Result<(), Failure> {
        if files.is_some() == self.tls.is_some() {
            return Ok(());
        }
        let opened = files.clone().map(Tls::open).transpose();
        self.tls = opened.map_err(|reason| Failure::Configuration(format!("Tls: {reason}")))?.map(Arc::new);
        if let Some(other) = self.door.take() {
            other.hand_over().await;
        }
        Ok(())
    }

    async fn listeners(&mut self, addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, Failure> {
        self.open(addresses).await?;
        match self.door.take() {
            Some(door) => Ok(door.hand_over().await),
            None => Ok(Vec::new()),
        }
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

/// Logs the notices of the configuration, once there is a log.
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

fn start_logs(logging: &Logging, environment: Environment, exporting: &Exporting) -> Result<Logs, Failure> {
    let time = Arc::new(|| SystemClock.now());
    let Logging { levels, outputs } = logging.clone();
    Logs::start(levels, outputs, enrichers(environment), time, Some(exporting.tap().clone()))
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
    (listeners, scheme): (&[TcpListener], &str),
    welcome: Option<first_start::Welcome>,
    took: Duration,
) -> Result<(), Failure> {
    let mut text = String::new();
    for listener in listeners {
        let address = listener.local_addr()?;
        info!(target: "erp::lifetime", Scheme = scheme, Address = %address, StartMs = took.as_millis() as u64, "Now listening on: {{Scheme}}://{{Address}}");
        text.push_str(&format!("  API   {scheme}://{address}/api/v1\n  Docs  {scheme}://{address}/docs\n"));
    }
    if let Some(welcome) = welcome {
        text.push_str(&welcome.to_string());
        // After the lines so far, not between them.
        logs.flush(Duration::from_secs(1));
        let _ = std::io::stdout().lock().write_all(format!("\n{text}\n").as_bytes());
    }
    Ok(())
}
