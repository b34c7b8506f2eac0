//! The settings of a running server: always the last ones that were good.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::environment::Environment;
use super::layers::Layers;
use super::seen::{Seen, Source};
use super::settings::Settings;
use super::show::ShownSetting;

/// Tells one port's channel of new settings.
type Tell = Box<dyn Fn(&Settings) + Send + Sync>;

struct Shared {
    settings: watch::Sender<Arc<Settings>>,
    ports: Mutex<Vec<Tell>>,
    reloads: AtomicU64,
    /// By what failed: the name of a source, or `settings` for values that were refused.
    failures: Mutex<BTreeMap<String, u64>>,
    seen: Seen,
}

/// Handle on the settings in force; clones share them.
#[derive(Clone)]
pub struct LiveSettings(Arc<Shared>);

impl LiveSettings {
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Shared {
            settings: watch::Sender::new(Arc::new(settings)),
            ports: Mutex::default(),
            reloads: AtomicU64::new(0),
            failures: Mutex::default(),
            seen: Seen::default(),
        }))
    }

    pub fn current(&self) -> Arc<Settings> {
        self.0.settings.borrow().clone()
    }

    /// Changes with every reload that changed a known key.
    pub fn watch(&self) -> watch::Receiver<Arc<Settings>> {
        self.0.settings.subscribe()
    }

    /// A channel for one port: it changes only when `choose` gives something else. The owner of a client of the
    /// service then builds another one, and lets requests in progress finish on the old one.
    pub fn select<T: PartialEq + Send + Sync + 'static>(
        &self,
        choose: impl Fn(&Settings) -> T + Send + Sync + 'static,
    ) -> watch::Receiver<T> {
        // Held from reading to registering, so that no reload falls in between.
        let mut ports = self.0.ports.lock().unwrap_or_else(PoisonError::into_inner);
        let (sender, receiver) = watch::channel(choose(&self.current()));
        ports.push(Box::new(move |settings| {
            let value = choose(settings);
            sender.send_if_modified(|old| {
                let changed = *old != value;
                *old = value;
                changed
            });
        }));
        receiver
    }

    pub(super) fn publish(&self, settings: Settings) {
        let ports = self.0.ports.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.reloads.fetch_add(1, Ordering::Relaxed);
        let settings = Arc::new(settings);
        self.0.settings.send_replace(settings.clone());
        for tell in ports.iter() {
            tell(&settings);
        }
    }

    /// Counts a failure and answers how many of its kind there have been.
    pub(super) fn failed(&self, what: &str) -> u64 {
        let mut failures = self.0.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let count = failures.entry(what.to_owned()).or_default();
        *count += 1;
        *count
    }

    pub(super) fn answered(&self, source: Source, at: Instant) {
        self.0.seen.answered(source, at);
    }

    pub(super) fn read(&self, environment: Environment, layers: Arc<Layers>) {
        self.0.seen.read(environment, layers);
    }

    /// How long ago a remote source answered last; `None` where there is none.
    pub fn age(&self, source: Source) -> Option<Duration> {
        self.0.seen.age(source)
    }

    /// Every key in force with its source, without secrets, as `config show` prints it.
    pub fn show(&self) -> String {
        self.0.seen.show()
    }

    /// Every key in force, and those whose changed values count after a restart only.
    pub fn settings(&self) -> (Vec<ShownSetting>, BTreeSet<&'static str>) {
        self.0.seen.settings()
    }

    /// Reloads that changed something.
    pub fn reloads(&self) -> u64 {
        self.0.reloads.load(Ordering::Relaxed)
    }

    /// Failed reloads by what failed, for metrics: the name of a source, or `settings`.
    pub fn failures(&self) -> BTreeMap<String, u64> {
        self.0.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for LiveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSettings").field("reloads", &self.reloads()).finish_non_exhaustive()
    }
}

/// Settings of a server in Development, whose remote sources have just answered, or that has none.
#[cfg(test)]
pub(crate) fn live_for_tests(with_sources: bool) -> LiveSettings {
    use super::load::tests::{CHECKS, nowhere};
    let layers = Layers::default();
    let mut reader = super::reader::Reader::new(&layers, Environment::Development);
    let environment = Environment::Development;
    let live = LiveSettings::new(Settings::read(&mut reader, &CHECKS, &nowhere(environment)));
    live.read(environment, Arc::new(layers));
    if with_sources {
        live.answered(Source::KeyVault, Instant::now());
        live.answered(Source::AppConfiguration, Instant::now());
    }
    live
}
