//! Records that are kept only for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::command::Application;
use crate::error::AppResult;
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

/// How long the answer of a request is kept under its `Idempotency-Key`, in days.
pub const IDEMPOTENCY_DAYS: i64 = 7;
/// Rows deleted in one transaction, so that others wait only shortly.
const PURGE_ROWS_MAX: u32 = 1_000;

/// Forgets idempotency keys older than [`IDEMPOTENCY_DAYS`], in small transactions; answers how many.
pub async fn purge_idempotency(app: &Application) -> AppResult<u64> {
    let before = app.clock.now().plus_seconds(-IDEMPOTENCY_DAYS * 24 * 60 * 60);
    let mut purged = 0;
    loop {
        let work = Arc::new(Purge { before, rows: AtomicU64::new(0) });
        app.database.write(work.clone()).await?;
        let rows = work.rows.load(Ordering::Relaxed);
        purged += rows;
        if rows < u64::from(PURGE_ROWS_MAX) {
            return Ok(purged);
        }
    }
}

struct Purge {
    before: Timestamp,
    rows: AtomicU64,
}

#[async_trait]
impl Work for Purge {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let rows = uow.retention().purge_idempotency(self.before, PURGE_ROWS_MAX).await?;
        self.rows.store(rows, Ordering::Relaxed);
        Ok(Outcome::Commit)
    }
}
