//! The operations of an atomic batch, each up to the point where it needs the transaction, and then one after the other.
//!
//! Everything an operation does before (reading its body, hashing a password) is done while no one waits for it: the
//! transaction begins only when all of them are ready.

use std::sync::Arc;

use application::error::{AppError, AppResult, TEMPORARILY_UNAVAILABLE};
use application::ports::batch::{BatchHandle, BatchTransaction};
use application::ports::database::Work;
use async_trait::async_trait;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::PREPARED_AT_ONCE_MAX;
use super::dto::BatchResultView;

type Running<'a> = FuturesUnordered<BoxFuture<'a, (usize, BatchResultView)>>;

/// Operations that run until their turn comes.
pub struct Turns<'a> {
    running: Running<'a>,
    /// How each is told that the transaction is its own now.
    gates: Vec<Option<oneshot::Sender<BatchHandle>>>,
    pub results: Vec<Option<BatchResultView>>,
}

impl<'a> Turns<'a> {
    /// Starts `count` operations, a few at a time, and waits until each is ready or has ended. Answers which one failed,
    /// if one did.
    pub async fn prepare(
        count: usize,
        start: impl Fn(usize, BatchHandle) -> BoxFuture<'a, BatchResultView>,
    ) -> (Self, Option<usize>) {
        let (ready, mut are_ready) = mpsc::unbounded_channel();
        let mut turns = Self {
            running: FuturesUnordered::new(),
            gates: Vec::with_capacity(count),
            results: std::iter::repeat_with(|| None).take(count).collect(),
        };
        let mut preparing = 0_usize;
        loop {
            while preparing < PREPARED_AT_ONCE_MAX && turns.gates.len() < count {
                let index = turns.gates.len();
                let (gate, turn) = oneshot::channel();
                let joining = Joining { ready: ready.clone(), turn: Mutex::new(Turn::Awaited(turn)) };
                turns.gates.push(Some(gate));
                let running = start(index, BatchHandle(Arc::new(joining)));
                turns.running.push(Box::pin(async move { (index, running.await) }));
                preparing += 1;
            }
            if preparing == 0 {
                return (turns, None);
            }
            tokio::select! {
                Some((index, result)) = turns.running.next() => {
                    // One that was ready may have been given up since, and counted already.
                    preparing = preparing.saturating_sub(1);
                    if !turns.keep(index, result) {
                        return (turns, Some(index));
                    }
                }
                Some(()) = are_ready.recv() => preparing = preparing.saturating_sub(1),
            }
        }
    }

    /// Lets one after the other join the transaction. Answers which one failed, if one did.
    pub async fn take(&mut self, transaction: &BatchHandle) -> Option<usize> {
        for turn in 0..self.gates.len() {
            let Some(gate) = self.gates[turn].take().filter(|_| self.results[turn].is_none()) else {
                continue;
            };
            let _ = gate.send(transaction.clone());
            while self.results[turn].is_none() {
                let Some((index, result)) = self.running.next().await else { break };
                if !self.keep(index, result) {
                    return Some(index);
                }
            }
        }
        None
    }

    /// Keeps the result of an operation and answers whether it succeeded.
    fn keep(&mut self, index: usize, result: BatchResultView) -> bool {
        let succeeded = result.succeeded();
        self.results[index] = Some(result);
        succeeded
    }
}

enum Turn {
    Awaited(oneshot::Receiver<BatchHandle>),
    Here(BatchHandle),
}

/// The handle that the commands of one operation find in their context.
struct Joining {
    ready: mpsc::UnboundedSender<()>,
    turn: Mutex<Turn>,
}

#[async_trait]
impl BatchTransaction for Joining {
    async fn join(&self, work: Arc<dyn Work>) -> AppResult<()> {
        let transaction = {
            let mut turn = self.turn.lock().await;
            if let Turn::Awaited(awaited) = &mut *turn {
                // The batch that would hear it may have ended.
                let _ = self.ready.send(());
                let gone = |_| AppError::of(&TEMPORARILY_UNAVAILABLE);
                *turn = Turn::Here(awaited.await.map_err(gone)?);
            }
            match &*turn {
                Turn::Here(transaction) => transaction.clone(),
                Turn::Awaited(_) => return Err(AppError::of(&TEMPORARILY_UNAVAILABLE)),
            }
        };
        transaction.0.join(work).await
    }
}
