//! How long writes wait for their turn, seen from outside the engine: from when a work is handed over until it begins.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use application::error::AppResult;
use application::ports::database::{Database, Outcome, Work};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use tokio::time::Instant;
use uuid::Uuid;

/// The works that have not begun, oldest first; clones share them.
#[derive(Clone, Default)]
pub struct WriterQueue(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    next: u64,
    waiting: BTreeMap<u64, Instant>,
}

impl WriterQueue {
    fn with<T>(&self, with: impl FnOnce(&mut Queue) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Since when the oldest one waits, counted from `began`.
    pub fn oldest(&self, began: Instant) -> Option<Duration> {
        self.with(|queue| queue.waiting.first_key_value().map(|(_, since)| since.duration_since(began)))
    }

    /// How many wait, and for how long the oldest one does.
    pub fn waiting(&self) -> (usize, Option<Duration>) {
        self.with(|queue| {
            (queue.waiting.len(), queue.waiting.first_key_value().map(|(_, since)| since.elapsed()))
        })
    }

    fn enter(&self) -> Ticket {
        let number = self.with(|queue| {
            queue.next += 1;
            queue.waiting.insert(queue.next, Instant::now());
            queue.next
        });
        Ticket { queue: self.clone(), number }
    }
}

/// A work's place in the queue, until it begins or is given up.
struct Ticket {
    queue: WriterQueue,
    number: u64,
}

impl Ticket {
    fn leave(&self) {
        self.queue.with(|queue| queue.waiting.remove(&self.number));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A database whose queue of writes can be seen.
pub struct QueuedDatabase {
    database: Arc<dyn Database>,
    queue: WriterQueue,
}

impl QueuedDatabase {
    pub fn new(database: Arc<dyn Database>, queue: WriterQueue) -> Self {
        Self { database, queue }
    }
}

#[async_trait]
impl Database for QueuedDatabase {
    async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        let ticket = self.queue.enter();
        self.database.write(Arc::new(Queued { work, ticket })).await
    }
    async fn settle(&self, tenant: TenantId) -> AppResult<()> {
        self.database.settle(tenant).await
    }

    fn has_one_writer(&self) -> bool {
        self.database.has_one_writer()
    }
}

/// A work that says when it begins.
struct Queued {
    work: Arc<dyn Work>,
    ticket: Ticket,
}

#[async_trait]
impl Work for Queued {
    fn tenant(&self) -> TenantId {
        self.work.tenant()
    }
    fn replay_key(&self) -> Option<(Uuid, String)> {
        self.work.replay_key()
    }
    fn runs_once(&self) -> bool {
        self.work.runs_once()
    }
    fn touched(&self) -> Vec<(TenantId, Vec<&'static str>)> {
        self.work.touched()
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        self.ticket.leave();
        self.work.run(uow).await
    }
}
