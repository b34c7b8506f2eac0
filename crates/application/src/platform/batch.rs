//! Several commands in one transaction: all of them, or none.
//!
//! [`begin`] opens a transaction that waits for works; each that joins runs in a part of its own. The transaction ends
//! with [`OpenBatch::commit`], or with nothing kept when the [`OpenBatch`] is dropped, so that a caller who goes away or runs
//! out of time cannot hold the writer.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::ids::TenantId;
use futures::channel::{mpsc, oneshot};
use futures::{SinkExt, StreamExt};

use crate::command::Application;
use crate::error::{AppError, AppResult, TEMPORARILY_UNAVAILABLE};
use crate::ports::batch::{BatchHandle, BatchTransaction};
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

enum Message {
    Join(Arc<dyn Work>, oneshot::Sender<AppResult<()>>),
    Commit,
}

type Touched = Vec<(TenantId, Vec<&'static str>)>;

/// The transaction as a work that lasts until the batch ends.
struct BatchWork {
    tenant: TenantId,
    messages: Mutex<Option<mpsc::Receiver<Message>>>,
    /// Told when the transaction is there.
    begun: Mutex<Option<oneshot::Sender<()>>>,
    /// By the works that joined and were kept.
    touched: Mutex<Touched>,
}

#[async_trait]
impl Work for BatchWork {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn runs_once(&self) -> bool {
        true
    }

    fn touched(&self) -> Touched {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Work that was joined once cannot be joined again: a second run has nothing to do.
        let mut messages = messages.ok_or_else(|| AppError::of(&TEMPORARILY_UNAVAILABLE))?;
        if let Some(begun) = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = begun.send(());
        }
        while let Some(message) = messages.next().await {
            match message {
                Message::Commit => return Ok(Outcome::Commit),
                Message::Join(work, reply) => {
                    let begun_at = uow.bookkeeping().begin_part().await?;
                    let result = work.run(uow).await;
                    let keep = matches!(result, Ok(Outcome::Commit));
                    uow.enter_tenant(self.tenant);
                    uow.bookkeeping().end_part(begun_at, keep).await?;
                    if keep {
                        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
                        touched.extend(work.touched());
                    }
                    // The caller that joined may be gone; then the batch is gone, too, and ends with the next
                    // message.
                    let _ = reply.send(result.map(|_| ()));
                }
            }
        }
        Ok(Outcome::Rollback)
    }
}

struct Joiner {
    messages: mpsc::Sender<Message>,
}

#[async_trait]
impl BatchTransaction for Joiner {
    async fn join(&self, work: Arc<dyn Work>) -> AppResult<()> {
        let (reply, answer) = oneshot::channel();
        let gone = || AppError::of(&TEMPORARILY_UNAVAILABLE);
        self.messages.clone().send(Message::Join(work, reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// A transaction that waits for works. Dropped without [`Self::commit`], it keeps nothing.
pub struct OpenBatch {
    joiner: Arc<Joiner>,
    begun: Option<oneshot::Receiver<()>>,
}

/// The transaction itself: runs until the batch ends, and says how it ended. To be polled beside the works.
pub type Transaction = futures::future::BoxFuture<'static, AppResult<()>>;

/// Opens a transaction of one tenant for works to join.
pub fn begin(app: &Application, tenant: TenantId) -> (OpenBatch, Transaction) {
    let (sender, receiver) = mpsc::channel(0);
    let (told, begun) = oneshot::channel();
    let work = Arc::new(BatchWork {
        tenant,
        messages: Mutex::new(Some(receiver)),
        begun: Mutex::new(Some(told)),
        touched: Mutex::default(),
    });
    let database = app.database.clone();
    let transaction = Box::pin(async move { database.write(work).await });
    let joiner = Arc::new(Joiner { messages: sender });
    (OpenBatch { joiner, begun: Some(begun) }, transaction)
}

impl OpenBatch {
    /// Waits until the transaction has its turn; from then on others wait for it.
    pub async fn begun(&mut self) -> AppResult<()> {
        match self.begun.take() {
            Some(begun) => begun.await.map_err(|_| AppError::of(&TEMPORARILY_UNAVAILABLE)),
            None => Ok(()),
        }
    }

    /// The handle that the commands of the batch find in their context.
    pub fn handle(&self) -> BatchHandle {
        BatchHandle(self.joiner.clone())
    }

    /// Commits and waits until it is durable.
    pub async fn commit(self, transaction: Transaction) -> AppResult<()> {
        let gone = || AppError::of(&TEMPORARILY_UNAVAILABLE);
        self.joiner.messages.clone().send(Message::Commit).await.map_err(|_| gone())?;
        transaction.await
    }
}
