//! Keeps the server standing when it is offered more than it can do: [`Admission`] decides which requests run,
//! [`Budget`] how many bytes may be in memory for them. A refused request is answered before anything costly is done.

mod budget;
mod controller;
mod processor_time;
mod refusals;
mod snapshot;
mod transfers;
mod writer_queue;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use application::ports::pace::Pace;
use signals::Counter;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::resources::Resources;
pub use budget::{BODY_COST, Budget, Held, UPLOAD_BYTES, bytes_max};
pub use controller::{Bounds, Class};
use controller::{Controller, Verdict};
use processor_time::ProcessorTime;
use refusals::Refusals;
pub use snapshot::{Requests, Share, Snapshot, Writer};
pub use transfers::{Transfer, Transfers, at_work_max, transfers_max};
pub use writer_queue::{QueuedDatabase, WriterQueue};

/// How often the controller is told the time.
pub const TICK: Duration = Duration::from_millis(5);
/// Where both wait, every so manyth place is for a write.
const WRITES_TURN: u32 = 4;
/// Ticks without a request after which nobody looks any more.
const IDLE_TICKS_MAX: u32 = 400;
/// A running request may take one part in so many of the memory for each of these bytes.
const MEMORY_PART: u64 = 8;
const REQUEST_BYTES: u64 = 256 << 10;
/// The bodies of anonymous callers may take one part in so many of the bytes in flight, in a budget of their own.
const ANONYMOUS_PART: usize = 8;
const REQUESTS_MIN: usize = 48;
const REQUESTS_START: usize = 128;
const REQUESTS_MAX: u64 = 2_048;

/// Requests at once: adapted between the least and the most, which follows the memory, unless a setting says otherwise.
pub fn bounds(resources: &Resources, configured: Option<usize>) -> Bounds {
    let derived = (resources.memory_bytes / MEMORY_PART / REQUEST_BYTES).clamp(64, REQUESTS_MAX) as usize;
    let max = configured.unwrap_or(derived).max(1);
    Bounds { start: REQUESTS_START.min(max), min: REQUESTS_MIN.min(max), max }
}

/// The limits of requests, transfers and bytes; each is derived from memory and processors where it is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    pub requests_max: Option<usize>,
    pub transfers_max: Option<usize>,
    pub bytes_max: Option<usize>,
}

/// All of it for one server; clones share it.
#[derive(Clone)]
pub struct Overload {
    pub admission: Admission,
    pub transfers: Transfers,
    pub budget: Budget,
    /// Bodies of callers nobody knows, apart from all others.
    pub anonymous: Budget,
}

impl Overload {
    pub fn new(limits: Limits, resources: &Resources, writer: WriterQueue) -> Self {
        let bytes = limits.bytes_max.unwrap_or_else(|| bytes_max(resources));
        Self {
            admission: Admission::new(bounds(resources, limits.requests_max), resources, writer),
            transfers: Transfers::new(
                limits.transfers_max.unwrap_or_else(|| transfers_max(resources)),
                at_work_max(resources),
            ),
            budget: Budget::new(bytes),
            anonymous: Budget::new(bytes / ANONYMOUS_PART),
        }
    }
}

impl Default for Overload {
    fn default() -> Self {
        Self::new(Limits::default(), Resources::of_process(), WriterQueue::default())
    }
}

/// More requests than are served; come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// The outcome for a request that asks for a place.
enum Arrival {
    In(Place),
    /// For a place that is given to it within this time.
    Waiting(Duration, oneshot::Receiver<Place>),
    Refused,
}

/// Lets requests in.
#[derive(Clone)]
pub struct Admission(Arc<Shared>);

struct Shared {
    began: Instant,
    state: Mutex<State>,
    writer: WriterQueue,
    usage: Option<PathBuf>,
    refusals: Refusals,
    /// Long work asks from threads of its own.
    runtime: Option<Handle>,
    /// Requests that were refused, wherever that was found out.
    refused: Arc<Counter>,
}

struct State {
    controller: Controller,
    /// Reads and writes, each in order.
    waiting: [VecDeque<oneshot::Sender<Place>>; 2],
    /// Whose turn it is when both wait.
    turn: u32,
    ticking: bool,
    arrived: bool,
}

impl State {
    /// Requests whose callers are gone take no room in the queue. Those that have waited longest are given up first,
    /// so that most are at its beginning.
    fn forget_gone(&mut self) {
        for queue in &mut self.waiting {
            while queue.front().is_some_and(oneshot::Sender::is_closed) {
                queue.pop_front();
            }
        }
    }

    /// The request to let in now, if there is one.
    fn next(&mut self) -> Option<(Class, oneshot::Sender<Place>)> {
        let writes_first = self.controller.are_writes_first() || self.turn.is_multiple_of(WRITES_TURN);
        let order = if writes_first { [Class::Write, Class::Read] } else { [Class::Read, Class::Write] };
        let class = order
            .into_iter()
            .find(|class| !self.waiting[*class as usize].is_empty() && self.controller.has_room(*class))?;
        self.turn = self.turn.wrapping_add(1);
        Some((class, self.waiting[class as usize].pop_front()?))
    }
}

/// The place of a running request; given back when it is dropped.
pub struct Place {
    admission: Admission,
    class: Class,
    since: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.left(self.class, self.since.elapsed());
    }
}

impl Admission {
    /// `writer` says how long writes wait. Processor time is watched where there is a quota.
    pub fn new(bounds: Bounds, resources: &Resources, writer: WriterQueue) -> Self {
        let usage = resources.usage.clone();
        let time = usage.is_some().then(|| ProcessorTime::new(resources.cpus));
        let state = State {
            controller: Controller::new(bounds, time),
            waiting: Default::default(),
            turn: 1,
            ticking: false,
            arrived: false,
        };
        let refusals = Refusals::new(resources.cpus);
        Self(Arc::new(Shared {
            began: Instant::now(),
            state: Mutex::new(state),
            writer,
            usage,
            refusals,
            runtime: Handle::try_current().ok(),
            refused: Arc::default(),
        }))
    }

    /// Counts the requests that are refused because of overload; for metrics.
    pub fn refused(&self) -> &Arc<Counter> {
        &self.0.refused
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.0.began.elapsed()
    }

    /// Whether every request of this class that arrives now is refused, without looking at it.
    pub fn refuses_all(&self, class: Class) -> bool {
        let now = self.now();
        let mut state = self.state();
        let waiting = state.waiting[class as usize].len();
        let refuses = waiting > 0 && state.controller.refuses(class, waiting, now);
        if refuses {
            state.controller.refused(now);
        }
        refuses
    }

    /// How long the refusal of a request with a body of so many bytes is held back: not at all, unless there are very many.
    pub fn held(&self, bytes: u64) -> Duration {
        self.0.refusals.next(self.now(), bytes)
    }

    /// Whether processor time is left, where there is a quota. Long work asks before each of its pieces.
    pub fn take_time(&self) -> bool {
        if self.0.usage.is_none() {
            return true;
        }
        let mut state = self.state();
        self.watch(&mut state);
        state.controller.take_time()
    }

    /// There is something to decide, so the controller is told the time.
    fn watch(&self, state: &mut State) {
        state.arrived = true;
        if !state.ticking
            && let Some(runtime) = &self.0.runtime
        {
            state.ticking = true;
            runtime.spawn(self.clone().tick());
        }
    }

    /// Waits for a place, but not long.
    ///
    /// # Errors
    /// When the wait would be, or was, too long.
    pub async fn enter(&self, class: Class) -> Result<Place, Refused> {
        match self.arrive(class) {
            Arrival::In(place) => Ok(place),
            Arrival::Refused => Err(Refused),
            Arrival::Waiting(longest, place) => match tokio::time::timeout(longest, place).await {
                Ok(Ok(place)) => Ok(place),
                _ => {
                    self.state().controller.refused(self.now());
                    Err(Refused)
                }
            },
        }
    }

    fn arrive(&self, class: Class) -> Arrival {
        let now = self.now();
        let mut state = self.state();
        self.watch(&mut state);
        if class == Class::Write {
            state.controller.oldest_write(self.0.writer.oldest(self.0.began));
        }
        state.forget_gone();
        let waiting = state.waiting[class as usize].len();
        match state.controller.arrive(class, waiting, now) {
            Verdict::Enter => {
                state.controller.enter(class);
                Arrival::In(self.place(class))
            }
            Verdict::Refuse => {
                state.controller.refused(now);
                Arrival::Refused
            }
            Verdict::Wait => {
                let (sender, place) = oneshot::channel();
                state.waiting[class as usize].push_back(sender);
                Arrival::Waiting(state.controller.wait_max(class, now), place)
            }
        }
    }

    fn place(&self, class: Class) -> Place {
        Place { admission: self.clone(), class, since: Instant::now() }
    }

    fn left(&self, class: Class, took: Duration) {
        let mut state = self.state();
        state.controller.leave(class, took);
        self.let_in(state);
    }

    /// Gives the places there are to those that have waited longest, most of them to reads.
    fn let_in(&self, mut state: MutexGuard<'_, State>) {
        let mut gone = Vec::new();
        while let Some((class, next)) = state.next() {
            if next.is_closed() {
                continue;
            }
            state.controller.enter(class);
            // One who went away in this moment gives the place back, which needs the state.
            gone.extend(next.send(self.place(class)).err());
        }
        let now = self.now();
        for class in [Class::Read, Class::Write] {
            if state.waiting[class as usize].is_empty() {
                state.controller.emptied(class, now);
            }
        }
        drop(state);
        drop(gone);
    }

    /// Tells the controller the time while there is something to decide.
    async fn tick(self) {
        let mut idle = 0;
        while idle < IDLE_TICKS_MAX {
            let due = Instant::now() + TICK;
            tokio::time::sleep_until(due).await;
            let lag = due.elapsed();
            let used = self.0.usage.as_deref().and_then(crate::resources::cpu_usage);
            let now = self.now();
            let mut state = self.state();
            state.controller.tick(now, lag, used);
            for queue in &mut state.waiting {
                queue.retain(|waiting| !waiting.is_closed());
            }
            let quiet = !std::mem::take(&mut state.arrived)
                && state.waiting.iter().all(VecDeque::is_empty)
                && state.controller.running() == 0;
            idle = if quiet { idle + 1 } else { 0 };
            if idle == IDLE_TICKS_MAX {
                state.ticking = false;
            }
            self.let_in(state);
        }
    }
}

impl Pace for Admission {
    fn pause(&self, longest: Duration) {
        let until = Instant::now() + longest;
        while !self.take_time() && Instant::now() < until {
            std::thread::sleep(TICK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(places: usize) -> Admission {
        let bounds = Bounds { start: places, min: places, max: places };
        let resources =
            Resources { memory_bytes: 1 << 30, cpus: 1.0, quota: None, open_files: 1_024, usage: None };
        Admission::new(bounds, &resources, WriterQueue::default())
    }

    #[tokio::test(start_paused = true)]
    async fn places_are_given_in_order_and_come_back() {
        let admission = admission(2);
        let first = admission.enter(Class::Read).await.unwrap();
        let _second = admission.enter(Class::Read).await.unwrap();
        let mut third = Box::pin(admission.enter(Class::Read));
        let mut fourth = Box::pin(admission.enter(Class::Read));
        assert!(futures::poll!(&mut third).is_pending() && futures::poll!(&mut fourth).is_pending());
        drop(first);
        assert!(futures::poll!(&mut fourth).is_pending());
        let place = third.await.unwrap();
        drop(place);
        fourth.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_and_whoever_goes_away_keeps_nothing() {
        let admission = admission(1);
        let place = admission.enter(Class::Read).await.unwrap();
        let began = Instant::now();
        assert_eq!(admission.enter(Class::Read).await.err(), Some(Refused));
        assert!(began.elapsed() <= controller::WAIT_MAX + TICK);
        for _ in 0..20 {
            let mut waits = Box::pin(admission.enter(Class::Read));
            assert!(futures::poll!(&mut waits).is_pending());
        }
        drop(place);
        admission.enter(Class::Read).await.unwrap();
        assert!(!admission.refuses_all(Class::Read));
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once_and_recovers() {
        let admission = admission(2);
        let places = [admission.enter(Class::Read).await, admission.enter(Class::Read).await];
        let mut waiting: Vec<_> = (0..8).map(|_| Box::pin(admission.enter(Class::Read))).collect();
        for wait in &mut waiting {
            assert!(futures::poll!(wait).is_pending());
        }
        assert!(admission.refuses_all(Class::Read));
        let mut refused = Box::pin(admission.enter(Class::Read));
        assert!(futures::poll!(&mut refused).is_ready());
        drop((places, waiting));
        assert!(admission.enter(Class::Write).await.is_ok());
    }
}
