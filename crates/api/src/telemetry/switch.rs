//! Which levels count: the configured ones, or for a while others above them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::time::Timestamp;
use tracing::info;

use super::levels::{AUDIT, LevelChange, LevelRules};

/// Puts levels into force.
type Set = Arc<dyn Fn(LevelRules) + Send + Sync>;

/// The one place where the levels of running logs are changed; clones are the same place.
#[derive(Clone)]
pub struct LevelSwitch {
    set: Set,
    state: Arc<Mutex<State>>,
}

struct State {
    configured: LevelRules,
    change: Option<(LevelChange, Timestamp)>,
    /// The number of the last change: an older one has nothing left to end.
    number: u64,
}

impl State {
    fn now(&self) -> LevelRules {
        match &self.change {
            Some((change, _)) => self.configured.with(change),
            None => self.configured.clone(),
        }
    }
}

/// The levels at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub configured: LevelRules,
    pub now: LevelRules,
    /// When the configured ones count again, where others do now.
    pub until: Option<Timestamp>,
}

impl LevelSwitch {
    /// For logs that were started with the `configured` levels.
    pub fn new(configured: LevelRules, set: impl Fn(LevelRules) + Send + Sync + 'static) -> Self {
        let state = State { configured, change: None, number: 0 };
        Self { set: Arc::new(set), state: Arc::new(Mutex::new(state)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The configuration says something else; what was changed for a while stays above it.
    pub fn configure(&self, levels: LevelRules) {
        let mut state = self.state();
        state.configured = levels;
        (self.set)(state.now());
    }

    /// Puts a change in the place of any other. The answer is for [`LevelSwitch::end`], which somebody has to call at
    /// `until`.
    pub fn change(&self, change: LevelChange, until: Timestamp) -> u64 {
        let mut state = self.state();
        state.number += 1;
        state.change = Some((change, until));
        (self.set)(state.now());
        state.number
    }

    /// Puts a change in the place of any other, and ends it after `lasts`.
    pub fn change_for(&self, change: LevelChange, until: Timestamp, lasts: Duration) -> u64 {
        let number = self.change(change, until);
        let levels = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(lasts).await;
            if levels.end(Some(number)) {
                info!(target: AUDIT, "The log levels are the configured ones again: the change has ended");
            }
        });
        number
    }

    /// The configured levels count again, unless another change has come since the one with this number, or `None` for
    /// whichever there is. Answers whether anything was ended.
    pub fn end(&self, number: Option<u64>) -> bool {
        let mut state = self.state();
        if number.is_some_and(|number| number != state.number) || state.change.take().is_none() {
            return false;
        }
        (self.set)(state.now());
        true
    }

    pub fn in_force(&self) -> InForce {
        let state = self.state();
        let until = state.change.as_ref().map(|(_, until)| *until);
        InForce { configured: state.configured.clone(), now: state.now(), until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Level;

    fn rules(default: Level) -> LevelRules {
        LevelRules::new(default, [("sqlx".to_owned(), Level::Warning)])
    }

    #[test]
    fn a_change_counts_until_it_ends_and_the_configuration_goes_on_below_it() {
        let set = Arc::new(Mutex::new(rules(Level::Information)));
        let seen = set.clone();
        let switch =
            LevelSwitch::new(rules(Level::Information), move |levels| *seen.lock().unwrap() = levels);
        let counts = |level| {
            let now = set.lock().unwrap().clone();
            assert_eq!((&now, &now), (&rules(level), &switch.in_force().now));
        };
        let until = Timestamp::from_micros(9);
        let debug = LevelChange { default: Some(Level::Debug), overrides: Vec::new() };
        let first = switch.change(debug.clone(), until);
        counts(Level::Debug);
        assert_eq!(switch.in_force().until, Some(until));
        // The file changes meanwhile.
        switch.configure(rules(Level::Error));
        counts(Level::Debug);
        assert_eq!(switch.in_force().configured, rules(Level::Error));
        let second = switch.change(debug, until);
        assert!(!switch.end(Some(first)), "its successor is in force");
        assert!(switch.end(Some(second)));
        counts(Level::Error);
        assert_eq!(switch.in_force().until, None);
        assert!(!switch.end(None), "there is nothing to end");
    }
}
