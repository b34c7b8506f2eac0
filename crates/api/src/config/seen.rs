//! The view of a running server's configuration for operators: its values without secrets, and how long ago each
//! remote source answered.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::changes;
use super::environment::Environment;
use super::layers::Layers;
use super::registry::Reload;
use super::show::{ShownSetting, settings};

/// The remote sources of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    AppConfiguration,
    KeyVault,
}

#[derive(Default)]
pub(super) struct Seen(Mutex<State>);

#[derive(Default)]
struct State {
    /// By [`Source`]; `None` where there is none.
    answered: [Option<Instant>; 2],
    layers: Option<Read>,
}

struct Read {
    environment: Environment,
    /// The layers the process started with, and those that count now.
    started: Arc<Layers>,
    now: Arc<Layers>,
}

impl Seen {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The source answered, be it that nothing has changed.
    pub fn answered(&self, source: Source, at: Instant) {
        self.state().answered[source as usize] = Some(at);
    }

    pub fn age(&self, source: Source) -> Option<Duration> {
        self.state().answered[source as usize].map(|at| at.elapsed())
    }

    pub fn read(&self, environment: Environment, layers: Arc<Layers>) {
        let mut state = self.state();
        match &mut state.layers {
            Some(read) => read.now = layers,
            none => *none = Some(Read { environment, started: layers.clone(), now: layers }),
        }
    }

    /// Every key in force, and those whose changed values count after a restart only.
    pub fn settings(&self) -> (Vec<ShownSetting>, BTreeSet<&'static str>) {
        let state = self.state();
        let Some(Read { environment, started, now }) = &state.layers else { return Default::default() };
        let (environment, started, now) = (*environment, started.clone(), now.clone());
        drop(state);
        let waiting = changes::names(&changes::between(&started, &now), Reload::Restart);
        (settings(&now, environment), waiting)
    }

    /// The settings as `config show` prints them.
    pub fn show(&self) -> String {
        let (settings, waiting) = self.settings();
        let mut text: String = settings.iter().map(|setting| format!("{setting}\n")).collect();
        if !waiting.is_empty() {
            text.push_str(&format!(
                "# changed, counts after a restart only: {}\n",
                changes::listed(&waiting)
            ));
        }
        text
    }
}
