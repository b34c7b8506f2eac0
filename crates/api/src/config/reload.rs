//! Settings are read again while the server runs (B15): all of them every few minutes, files when they change.
//! Settings with a problem are refused as a whole, and the last good ones stay.

mod turn;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Ids;
use application::ports::configuration::{ConfigurationSourceError, SettingsLayer};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{error, info, warn};

use self::turn::{Turn, Which, files_interval, until};
use super::changes;
use super::choices::ConnectionChecks;
use super::error::{ConfigErrors, Notice, Problem, Severity};
use super::fingerprint::Fingerprint;
use super::layers::Layers;
use super::live::LiveSettings;
use super::load::{Configuration, Gathered, Sources};
use super::local::{Local, Watched};
use super::registry::{ENVIRONMENT, Reload};
use super::remote::{Remote, RemoteLayers, load};
use super::settings;

/// How often files are looked at.
pub const FILE_POLL: Duration = Duration::from_millis(500);
/// The name under which refused values are counted.
const REFUSED: &str = "settings";
const TARGET: &str = "erp::configuration";

type Loaded = (Which, Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError>);
type Loading = FuturesUnordered<BoxFuture<'static, Loaded>>;

/// Reads the sources again and publishes what is good.
pub struct Reloader {
    sources: Arc<Sources>,
    checks: ConnectionChecks,
    ids: Arc<dyn Ids>,
    live: LiveSettings,
    environment: super::Environment,
    layers: Arc<Layers>,
    remote: RemoteLayers,
    watched: Watched,
    fingerprint: Fingerprint,
    /// When everything on this machine is read again although no file seems to have changed.
    files_due: Instant,
    app_configuration: Turn,
    key_vault: Turn,
    /// Notices of the last good settings: only new ones are logged.
    told: BTreeSet<String>,
    /// The last refusal, logged once.
    refused: Option<ConfigErrors>,
}

impl Reloader {
    /// Takes over what was read at start. `ids` spreads the turns of many processes.
    pub fn new(
        configuration: Configuration,
        sources: Sources,
        checks: ConnectionChecks,
        ids: Arc<dyn Ids>,
    ) -> Self {
        let Configuration { settings, layers, notices, environment, remote, watched } = configuration;
        let now = Instant::now();
        let mut reloader = Self {
            sources: Arc::new(sources),
            checks,
            ids,
            live: LiveSettings::new(settings),
            environment,
            layers: Arc::new(layers),
            remote,
            fingerprint: Fingerprint::take(&watched),
            watched,
            files_due: now,
            app_configuration: Turn::at(now),
            key_vault: Turn::at(now),
            told: notices.into_iter().map(|notice| notice.text).collect(),
            refused: None,
        };
        let reload = reloader.live.current().reload;
        reloader.files_due = now + files_interval(reload, reloader.lot());
        let lot = reloader.lot();
        reloader.live.read(environment, reloader.layers.clone());
        if let Some(remote) = &reloader.remote.app_configuration {
            reloader.live.answered(Which::AppConfiguration.into(), remote.begun);
            reloader.app_configuration =
                Turn::at(remote.begun + Which::AppConfiguration.interval(reload, lot));
        }
        if let Some(remote) = &reloader.remote.key_vault {
            reloader.live.answered(Which::KeyVault.into(), remote.begun);
            reloader.key_vault = Turn::at(remote.begun + Which::KeyVault.interval(reload, lot));
        }
        reloader
    }

    pub fn live(&self) -> LiveSettings {
        self.live.clone()
    }

    /// Runs until it is told to stop.
    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let mut polls = tokio::time::interval(FILE_POLL);
        polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut loading = Loading::new();
        loop {
            let changed = tokio::select! {
                _ = polls.tick() => self.files_changed().await,
                () = until(self.next_due()) => {
                    self.begin_due(&mut loading);
                    false
                }
                Some((which, loaded)) = loading.next(), if !loading.is_empty() => self.take(which, loaded),
                () = told_to_stop(&mut stopped) => return,
            };
            if changed {
                self.read_again().await;
            }
        }
    }

    /// From 0 to 1.
    fn lot(&self) -> f64 {
        let random = self.ids.secret();
        f64::from(u16::from_be_bytes([random[0], random[1]])) / f64::from(u16::MAX)
    }

    /// The time at which a remote source is asked next; none while it is being read.
    fn next_due(&self) -> Option<Instant> {
        let turns = [
            (&self.app_configuration, &self.remote.app_configuration),
            (&self.key_vault, &self.remote.key_vault),
        ];
        turns
            .iter()
            .filter(|(turn, remote)| remote.is_some() && !turn.loading)
            .map(|(turn, _)| turn.due)
            .min()
    }

    fn begin_due(&mut self, loading: &mut Loading) {
        let now = Instant::now();
        let turns = [
            (Which::AppConfiguration, &mut self.app_configuration, &self.remote.app_configuration),
            (Which::KeyVault, &mut self.key_vault, &self.remote.key_vault),
        ];
        for (which, turn, remote) in turns {
            if let Some(remote) = remote
                && turn.due <= now
                && !turn.loading
            {
                // A clock that was set may have made its pause longer.
                if let Some(pause) = remote.source.back_off() {
                    turn.due = now + pause;
                    continue;
                }
                turn.begin(now);
                let source = remote.source.clone();
                loading.push(Box::pin(async move { (which, load(&*source).await) }));
            }
        }
    }

    async fn files_changed(&mut self) -> bool {
        let watched = self.watched.clone();
        let Ok(fingerprint) = tokio::task::spawn_blocking(move || Fingerprint::take(&watched)).await else {
            return false;
        };
        let due = self.files_due <= Instant::now();
        if due {
            self.files_due = Instant::now() + files_interval(self.live.current().reload, self.lot());
        }
        let changed = fingerprint != self.fingerprint;
        self.fingerprint = fingerprint;
        changed || due
    }

    /// Notes what a source answered; true when that is something new.
    fn take(
        &mut self,
        which: Which,
        loaded: Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError>,
    ) -> bool {
        let reload = self.live.current().reload;
        let lot = self.lot();
        let (turn, remote) = match which {
            Which::AppConfiguration => (&mut self.app_configuration, &mut self.remote.app_configuration),
            Which::KeyVault => (&mut self.key_vault, &mut self.remote.key_vault),
        };
        let Some(Remote { source, layers, .. }) = remote else { return false };
        match loaded {
            Ok(loaded) => {
                if turn.failures > 0 {
                    info!(target: TARGET, source = %source.name(), "{{source}} answers again");
                }
                turn.answered(which.interval(reload, lot));
                self.live.answered(which.into(), Instant::now());
                loaded.is_some_and(|loaded| {
                    let changed = *layers != loaded;
                    *layers = loaded;
                    changed
                })
            }
            Err(reason) => {
                let own = || which.back_off(turn.failures, reload, lot);
                turn.failed(source.back_off().unwrap_or_else(own));
                let failures = self.live.failed(&source.name());
                error!(
                    target: TARGET, source = %source.name(), %reason, failures,
                    "{{source}} {{reason}}; the settings it gave last stay in force"
                );
                false
            }
        }
    }

    /// Reads this machine's layers, puts the remote ones as last known between, and publishes the whole if it is good.
    async fn read_again(&mut self) {
        let sources = self.sources.clone();
        let local = match tokio::task::spawn_blocking(move || Local::read(&sources)).await {
            Ok(Ok(local)) => local,
            Ok(Err(errors)) => return self.refuse(errors),
            Err(error) => return error!(target: TARGET, %error, "Settings were not read: {{error}}"),
        };
        if local.environment != self.environment {
            let reason = format!("runs in {}; only a restart changes that", self.environment);
            let problem = Problem::new(ENVIRONMENT.key, reason).given(local.environment.name(), "a file");
            return self.refuse(problem.into());
        }
        let mut gathered = Gathered::merged(local, &self.remote);
        match gathered.settings(&self.checks) {
            Ok(settings) => self.publish(settings, gathered),
            Err(errors) => self.refuse(errors),
        }
    }

    fn refuse(&mut self, errors: ConfigErrors) {
        let failures = self.live.failed(REFUSED);
        if self.refused.as_ref() != Some(&errors) {
            let reason = errors.to_string();
            error!(
                target: TARGET, reason, failures,
                "Changed settings were refused, the last good ones stay in force. {{reason}}"
            );
            self.refused = Some(errors);
        }
    }

    fn publish(&mut self, settings: settings::Settings, gathered: Gathered) {
        if self.refused.take().is_some() {
            info!(target: TARGET, "The settings are good again");
        }
        let changed = changes::between(&self.layers, &gathered.layers);
        self.layers = Arc::new(gathered.layers);
        self.live.read(self.environment, self.layers.clone());
        self.watched = gathered.watched;
        self.tell(gathered.notices);
        if changed.is_empty() {
            return;
        }
        let now = Instant::now();
        let reload = settings.reload;
        self.files_due = self.files_due.min(now + files_interval(reload, self.lot()));
        let lot = self.lot();
        if self.app_configuration.failures == 0 {
            let pause = Which::AppConfiguration.interval(reload, lot);
            self.app_configuration.due = self.app_configuration.due.min(now + pause);
        }
        self.key_vault.due = self.key_vault.due.min(now + Which::KeyVault.interval(reload, lot));
        let live: BTreeSet<_> =
            [Reload::Live, Reload::Rebuild].iter().flat_map(|kind| changes::names(&changed, *kind)).collect();
        let restart = changes::names(&changed, Reload::Restart);
        self.live.publish(settings);
        if !live.is_empty() {
            info!(target: TARGET, keys = changes::listed(&live), "Settings changed and are in force: {{keys}}");
        }
        if !restart.is_empty() {
            warn!(target: TARGET, keys = changes::listed(&restart), "Settings changed that count after a restart only: {{keys}}");
        }
    }

    fn tell(&mut self, notices: Vec<Notice>) {
        for notice in notices.iter().filter(|notice| !self.told.contains(&notice.text)) {
            match notice.severity {
                Severity::Information => info!(target: TARGET, "{}", notice.text),
                Severity::Warning => warn!(target: TARGET, "{}", notice.text),
            }
        }
        self.told = notices.into_iter().map(|notice| notice.text).collect();
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // Without a sender nobody can say it any more.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

#[cfg(test)]
mod tests;
