//! Runs a work in a transaction of SQL Server, again when it lost a race.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use application::error::{AppError, AppResult, OUTCOME_UNKNOWN, STORAGE_FULL};
use application::ports::clock::{Clock, Ids};
use application::ports::database::{Outcome, Work};
use application::ports::storage_error::StorageResult;
use application::retry::{ATTEMPTS_MAX, backoff};
use domain::ids::TenantId;
use domain::time::Timestamp;
use futures::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use super::super::meter::Meter;
use super::super::moments::next_moment;
use super::super::tx::Tx;
use super::super::unit::OpenUnit;
use super::memory::SharedMemory;
use super::pool::{self, Pool, in_time};
use super::session::tenant_lock;
use super::tx::{Hold, SqlServerTx};

/// The time after which a client may ask again about a change whose outcome is not known.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The parts that a writer needs; shared by all works.
#[derive(Clone)]
pub struct Writer {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    open_unit: OpenUnit,
    memory: Arc<SharedMemory>,
    /// The last moment given to a transaction of this process, in microseconds.
    last: Arc<AtomicI64>,
    meter: Arc<Meter>,
    refused: Arc<AtomicBool>,
}

/// How one attempt ended.
enum Attempt {
    Done(AppResult<()>),
    /// Nothing was kept, and another run may succeed.
    Again(AppError, Hold),
    /// There is an answer under its idempotency key.
    Replay,
}

impl Writer {
    pub fn new(clock: Arc<dyn Clock>, (ids, open_unit): (Arc<dyn Ids>, OpenUnit), meter: Arc<Meter>) -> Self {
        let (memory, last, refused) = (Arc::default(), Arc::default(), Arc::default());
        Self { clock, ids, open_unit, memory, last, meter, refused }
    }

    /// In a task of its own: a client that goes away cannot leave a commit half-way.
    pub async fn write(&self, pool: Pool, work: Arc<dyn Work>) -> AppResult<()> {
        let writer = self.clone();
        let attempts = async move { writer.attempts(&pool, &*work).await };
        let task = tokio::spawn(attempts.in_current_span());
        let answer = task.await.unwrap_or_else(|_| Err(AppError::internal("the writing task stopped")));
        let refused = matches!(&answer, Err(error) if error.is(&STORAGE_FULL));
        if refused || answer.is_ok() {
            self.refused.store(refused, Ordering::Relaxed);
        }
        answer
    }

    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    async fn attempts(&self, pool: &Pool, work: &dyn Work) -> AppResult<()> {
        let mut hold = if work.runs_once() { Hold::Exclusive } else { Hold::Shared };
        let mut attempt = 1;
        let mut replay_key = work.replay_key();
        loop {
            match self.attempt(pool, work, hold, replay_key.clone()).await {
                Attempt::Replay => replay_key = None,
                Attempt::Done(result) => return result,
                // It asked for the lock alone, which is no race lost.
                Attempt::Again(_, Hold::Exclusive) if hold == Hold::Shared => hold = Hold::Exclusive,
                Attempt::Again(error, _) if attempt >= ATTEMPTS_MAX || work.runs_once() => return Err(error),
                Attempt::Again(..) => {
                    attempt += 1;
                    self.pause(attempt).await;
                }
            }
        }
    }

    async fn attempt(
        &self,
        pool: &Pool,
        work: &dyn Work,
        hold: Hold,
        replay_key: Option<(Uuid, String)>,
    ) -> Attempt {
        let connection = match pool::get(pool).await {
            Ok(connection) => connection,
            Err(error) => return Attempt::Done(Err(error.into())),
        };
        let tx = SqlServerTx::new(connection, self.memory.clone(), self.meter.clone(), work.tenant(), hold)
            .expecting_no_replay(replay_key);
        let mut uow = (self.open_unit)(Tx::SqlServer(tx), self.ids.clone());
        uow.reset(work.tenant(), self.moment());
        let run = AssertUnwindSafe(work.run(uow.as_mut())).catch_unwind().await;
        let run =
            run.unwrap_or_else(|_| Err(AppError::internal("a command panicked; its work was rolled back")));
        let Tx::SqlServer(mut tx) = uow.into_tx() else {
            return Attempt::Done(Err(AppError::internal("the transaction changed its engine")));
        };
        let ended = match run {
            Ok(Outcome::Commit) => tx.commit().await.map_err(AppError::from),
            Ok(Outcome::Rollback) => {
                tx.rollback().await;
                return Attempt::Done(Ok(()));
            }
            Err(error) => Err(error),
        };
        let Err(error) = ended else { return Attempt::Done(Ok(())) };
        let (exclusive, lost, replay) = (tx.wants_exclusive(), tx.is_lost(), tx.found_replay());
        let unknown = tx.may_have_committed();
        tx.rollback().await;
        if replay {
            return Attempt::Replay;
        }
        if exclusive {
            return Attempt::Again(error, Hold::Exclusive);
        }
        if lost {
            // The other idle connections died of the same cause.
            pool.retain(|_, _| false);
        }
        if unknown {
            let error = AppError { internal: error.internal, ..AppError::of(&OUTCOME_UNKNOWN) };
            return Attempt::Done(Err(AppError { retry_after: Some(RETRY_AFTER), ..error }));
        }
        // A connection lost before the commit was sent lost nothing else.
        if error.retryable || lost {
            return Attempt::Again(error, hold);
        }
        Attempt::Done(Err(error))
    }

    /// Before attempt `attempt` (2, 3, …).
    pub async fn pause(&self, attempt: u32) {
        tokio::time::sleep(backoff(attempt, self.ids.secret()[0])).await;
    }

    /// Later than every moment this process gave before, as far as [`next_moment`] promises it.
    fn moment(&self) -> Timestamp {
        let now = self.clock.now();
        let after = |last| next_moment(now, Timestamp::from_micros(last));
        let last =
            self.last.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(after(last).micros()));
        after(last.unwrap_or_default())
    }

    /// Waits until every transaction of the tenant that has begun is committed or gone.
    pub async fn settle(&self, pool: &Pool, tenant: TenantId) -> StorageResult<()> {
        let mut connection = pool::get(pool).await?;
        let lock = tenant_lock(tenant, "Exclusive", 0);
        let sql = format!("SET NOCOUNT ON; SET XACT_ABORT ON; BEGIN TRANSACTION; {lock} COMMIT TRANSACTION;");
        let patience = connection.patience;
        let settled = in_time(patience, connection.client.execute(&sql, &[])).await;
        settled.map(|_| ()).map_err(super::error::storage_error)
    }
}
