//! The order in which hashes are computed: a few at a time, and waiting callers in fair turns.
//!
//! The turn goes round the sources, and within a source round the accounts, so that a source that sends many attempts
//! waits for its own. When too many wait, the newest attempt of the source with most of them gives up its place.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::platform::ports::Turn;
use tokio::sync::oneshot;

type Waiting = VecDeque<oneshot::Sender<Pass>>;

/// The queue of one source: its accounts in turn.
#[derive(Default)]
struct Source {
    turns: VecDeque<String>,
    accounts: HashMap<String, Waiting>,
    waiting: usize,
}

#[derive(Default)]
struct State {
    running: usize,
    turns: VecDeque<Option<IpAddr>>,
    sources: HashMap<Option<IpAddr>, Source>,
    waiting: usize,
}

/// At most `running_max` passes are out at a time, and at most `waiting_max` wait.
#[derive(Clone)]
pub struct Turnstile {
    inner: Arc<Inner>,
}

struct Inner {
    running_max: usize,
    waiting_max: usize,
    state: Mutex<State>,
}

/// The right to compute one hash; the next one's turn comes when it is dropped.
pub struct Pass(Option<Arc<Inner>>);

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some(inner) = self.0.take() {
            inner.next();
        }
    }
}

impl Turnstile {
    pub fn new(running_max: usize, waiting_max: usize) -> Self {
        Self { inner: Arc::new(Inner { running_max, waiting_max, state: Mutex::default() }) }
    }

    /// Waits for a turn; `None` when too many wait already, the caller's own among the most.
    pub async fn pass(&self, turn: &Turn) -> Option<Pass> {
        let waiting = {
            let mut state = self.inner.state();
            if state.running < self.inner.running_max {
                state.running += 1;
                return Some(Pass(Some(self.inner.clone())));
            }
            if state.waiting >= self.inner.waiting_max && !state.make_room(turn) {
                return None;
            }
            state.enqueue(turn)
        };
        // A sender that is dropped gave up the place for somebody else.
        waiting.await.ok()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the place of a pass that ended to whoever is next.
    fn next(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                let next = state.dequeue();
                if next.is_none() {
                    state.running -= 1;
                }
                next
            };
            let Some(next) = next else { return };
            // A caller that no longer waits takes no turn, and the pass that was meant for it hands on no place.
            match next.send(Pass(Some(self.clone()))) {
                Ok(()) => return,
                Err(mut unused) => drop(unused.0.take()),
            }
        }
    }
}

impl State {
    fn enqueue(&mut self, turn: &Turn) -> oneshot::Receiver<Pass> {
        let (sender, receiver) = oneshot::channel();
        let source = self.sources.entry(turn.source).or_insert_with(|| {
            self.turns.push_back(turn.source);
            Source::default()
        });
        let waiting = source.accounts.entry(turn.account.clone()).or_insert_with(|| {
            source.turns.push_back(turn.account.clone());
            Waiting::default()
        });
        waiting.push_back(sender);
        source.waiting += 1;
        self.waiting += 1;
        receiver
    }

    fn dequeue(&mut self) -> Option<oneshot::Sender<Pass>> {
        let turn = self.turns.pop_front()?;
        let source = self.sources.get_mut(&turn)?;
        let account = source.turns.pop_front()?;
        let waiting = source.accounts.get_mut(&account)?;
        let next = waiting.pop_front();
        if waiting.is_empty() {
            source.accounts.remove(&account);
        } else {
            source.turns.push_back(account);
        }
        source.waiting -= 1;
        self.waiting -= 1;
        if source.waiting == 0 {
            self.sources.remove(&turn);
        } else {
            self.turns.push_back(turn);
        }
        next
    }

    /// Drops the newest attempt of whoever has most waiting, unless the caller would then have as many.
    fn make_room(&mut self, turn: &Turn) -> bool {
        let Some(most) = self.sources.iter().max_by_key(|(_, source)| source.waiting) else { return false };
        let (key, longest) = (*most.0, most.1.waiting);
        let own = self.sources.get(&turn.source).map_or(0, |source| source.waiting);
        if key != turn.source && own + 1 >= longest {
            return false;
        }
        let Some(source) = self.sources.get_mut(&key) else { return false };
        let Some((account, most)) = source
            .accounts
            .iter()
            .max_by_key(|(_, waiting)| waiting.len())
            .map(|(a, w)| (a.clone(), w.len()))
        else {
            return false;
        };
        let own = source.accounts.get(&turn.account).map_or(0, VecDeque::len);
        if key == turn.source && own + 1 >= most {
            return false;
        }
        let Some(waiting) = source.accounts.get_mut(&account) else { return false };
        drop(waiting.pop_back());
        if waiting.is_empty() {
            source.accounts.remove(&account);
            source.turns.retain(|turn| *turn != account);
        }
        source.waiting -= 1;
        self.waiting -= 1;
        if source.waiting == 0 {
            self.sources.remove(&key);
            self.turns.retain(|turn| *turn != key);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn turn(source: u8, account: &str) -> Turn {
        Turn { source: Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, source))), account: account.to_owned() }
    }

    /// Begins to wait, and is waiting when this answers.
    async fn waits(stile: &Turnstile, turn: Turn, order: &Arc<Mutex<Vec<String>>>) {
        let before = stile.inner.state().waiting;
        let (stile_of, order) = (stile.clone(), order.clone());
        tokio::spawn(async move {
            let name = format!("{} {}", turn.source.unwrap(), turn.account);
            match stile_of.pass(&turn).await {
                Some(_pass) => order.lock().unwrap().push(name),
                None => order.lock().unwrap().push(format!("refused {name}")),
            }
        });
        for _ in 0..100 {
            if stile.inner.state().waiting > before {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn settled() {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_turn_goes_round_sources_and_accounts() {
        let stile = Turnstile::new(1, 100);
        let order = Arc::default();
        let first = stile.pass(&turn(9, "first")).await.unwrap();
        for _ in 0..3 {
            waits(&stile, turn(1, "guessed"), &order).await;
        }
        waits(&stile, turn(1, "right"), &order).await;
        waits(&stile, turn(2, "elsewhere"), &order).await;
        drop(first);
        settled().await;
        let order = order.lock().unwrap().clone();
        let expected = [
            "10.0.0.1 guessed",
            "10.0.0.2 elsewhere",
            "10.0.0.1 right",
            "10.0.0.1 guessed",
            "10.0.0.1 guessed",
        ];
        assert_eq!(order, expected);
    }

    #[tokio::test]
    async fn whoever_floods_gives_up_places_and_others_get_in() {
        let stile = Turnstile::new(1, 10);
        let order = Arc::default();
        let first = stile.pass(&turn(9, "first")).await.unwrap();
        for _ in 0..10 {
            waits(&stile, turn(1, "guessed"), &order).await;
        }
        assert!(stile.pass(&turn(1, "guessed")).await.is_none(), "one's own flood refuses oneself");
        waits(&stile, turn(2, "right"), &order).await;
        waits(&stile, turn(1, "right"), &order).await;
        settled().await;
        drop(first);
        settled().await;
        let order = order.lock().unwrap().clone();
        let of = |text: &str| order.iter().filter(|line| line.starts_with(text)).count();
        assert_eq!((of("refused 10.0.0.1 guessed"), of("10.0.0.1 guessed")), (2, 8), "{order:?}");
        let place =
            |text: &str| order.iter().filter(|l| !l.starts_with("refused")).position(|l| l == text).unwrap();
        assert!(place("10.0.0.2 right") <= 1 && place("10.0.0.1 right") <= 2, "{order:?}");
    }

    #[tokio::test]
    async fn whoever_stops_waiting_takes_no_turn() {
        let stile = Turnstile::new(1, 10);
        let first = stile.pass(&turn(9, "first")).await.unwrap();
        let gone = tokio::spawn({
            let stile = stile.clone();
            async move { stile.pass(&turn(1, "gone")).await.is_some() }
        });
        settled().await;
        gone.abort();
        settled().await;
        drop(first);
        assert!(stile.pass(&turn(2, "next")).await.is_some());
        assert_eq!(stile.inner.state().waiting, 0);
    }
}
