//! Changes of this process that Redis has not heard of: until it has, nothing of those groups is read from it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use application::ports::cache::CachedEntity;
use domain::ids::TenantId;

/// Changed entities remembered one by one; beyond it, everything counts as changed.
pub const PENDING_MAX: usize = 10_000;

#[derive(Default)]
struct State {
    waiting: HashMap<(TenantId, &'static str), Change>,
    last: u64,
    /// The change that did not fit.
    everything: Option<Change>,
}

#[derive(Clone, Copy)]
struct Change {
    /// The number of the latest change, so that an announcement does not cover a change that came after it.
    number: u64,
    /// The time at which the first of them was noted.
    since: Instant,
}

#[derive(Default)]
pub(in super::super) struct Pending {
    state: Mutex<State>,
    /// So that readers need no lock while there is nothing.
    count: AtomicUsize,
}

/// The changes to be announced, as of one moment.
#[derive(Debug, Default, Clone)]
pub(in super::super) struct Backlog {
    pub changes: Vec<(TenantId, Vec<&'static str>)>,
    /// Too much to list.
    pub everything: bool,
    up_to: u64,
}

impl Pending {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, state: &State) {
        let count = state.waiting.len() + usize::from(state.everything.is_some());
        self.count.store(count, Ordering::Release);
    }

    /// Notes a change. To be told with the backlog that is answered.
    pub fn add(&self, tenant: TenantId, entities: &[&'static str]) -> Backlog {
        let mut state = self.state();
        state.last += 1;
        let number = state.last;
        let change = Change { number, since: Instant::now() };
        for entity in entities {
            if state.waiting.len() < PENDING_MAX || state.waiting.contains_key(&(tenant, entity)) {
                state.waiting.entry((tenant, entity)).or_insert(change).number = number;
            } else {
                state.everything.get_or_insert(change).number = number;
            }
        }
        self.publish(&state);
        let everything = state.everything.is_some();
        Backlog { changes: vec![(tenant, entities.to_vec())], everything, up_to: number }
    }

    /// Everything that is still to be told.
    pub fn backlog(&self) -> Backlog {
        let state = self.state();
        let mut changes: HashMap<TenantId, Vec<&'static str>> = HashMap::new();
        for (tenant, entity) in state.waiting.keys() {
            changes.entry(*tenant).or_default().push(entity);
        }
        Backlog {
            changes: changes.into_iter().collect(),
            everything: state.everything.is_some(),
            up_to: state.last,
        }
    }

    /// Forgets the changes of a backlog that was told, unless they have changed again since.
    pub fn told(&self, backlog: &Backlog, everything: bool) {
        let mut state = self.state();
        for (tenant, entities) in &backlog.changes {
            for entity in entities {
                let key = (*tenant, *entity);
                if state.waiting.get(&key).is_some_and(|change| change.number <= backlog.up_to) {
                    state.waiting.remove(&key);
                }
            }
        }
        if everything && state.everything.is_some_and(|change| change.number <= backlog.up_to) {
            state.everything = None;
        }
        self.publish(&state);
    }

    pub fn len(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// The time for which the oldest change has waited.
    pub fn oldest(&self) -> Option<Duration> {
        if self.len() == 0 {
            return None;
        }
        let state = self.state();
        state.waiting.values().chain(&state.everything).map(|change| change.since.elapsed()).max()
    }

    /// Whether values of the group in Redis may be older than a change of this process.
    pub fn covers(&self, tenant: TenantId, group: CachedEntity) -> bool {
        if self.len() == 0 {
            return false;
        }
        let state = self.state();
        state.everything.is_some()
            || group.stale_by().iter().any(|entity| state.waiting.contains_key(&(tenant, *entity)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(number: u128) -> TenantId {
        TenantId::new(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_change_waits_until_it_is_told_itself() {
        let pending = Pending::default();
        let first = pending.add(tenant(1), &["account"]);
        let second = pending.add(tenant(1), &["account"]);
        assert!(pending.covers(tenant(1), CachedEntity::Account));
        assert!(pending.covers(tenant(1), CachedEntity::Report), "a report shows accounts");
        assert!(!pending.covers(tenant(1), CachedEntity::Journal));
        assert!(!pending.covers(tenant(2), CachedEntity::Account));
        pending.told(&first, false);
        assert!(pending.covers(tenant(1), CachedEntity::Account), "the second change is not told yet");
        std::thread::sleep(Duration::from_millis(20));
        let third = pending.add(tenant(1), &["account"]);
        assert!(
            pending.oldest().is_some_and(|age| age >= Duration::from_millis(20)),
            "of the first that waits"
        );
        pending.told(&second, false);
        pending.told(&third, false);
        assert_eq!(pending.oldest(), None);
        assert!(!pending.covers(tenant(1), CachedEntity::Account));
        assert_eq!(pending.len(), 0);
    }

    #[test]
    fn too_many_changes_become_everything() {
        let pending = Pending::default();
        for number in 0..=PENDING_MAX as u128 {
            pending.add(tenant(number), &["account"]);
        }
        assert_eq!(pending.len(), PENDING_MAX + 1);
        assert!(pending.covers(tenant(PENDING_MAX as u128 + 7), CachedEntity::Journal));
        let backlog = pending.backlog();
        assert!(backlog.everything && backlog.changes.len() == PENDING_MAX);
        pending.told(&backlog, false);
        assert_eq!(pending.len(), 1, "everything is told by itself");
        pending.told(&backlog, true);
        assert_eq!(pending.len(), 0);
    }
}
