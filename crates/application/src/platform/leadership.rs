//! The choice of the process that does the work which only one of several processes on a database may do.
//!
//! A lease is a row with an end. Its holder renews it in time; a process that finds it ended takes it. No process is asked
//! and none is told: a process that died is succeeded when its lease ends, one that stops hands it back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::command::Application;
use crate::error::AppResult;
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

/// The lease of the background work: recurring entries, clean-up.
pub const BACKGROUND_WORK: &str = "background_work";
/// How long a lease lasts that nobody renews.
pub const LEASE: Duration = Duration::from_secs(15);
/// How often the holder renews it, and how often the others try to take it.
pub const RENEWAL: Duration = Duration::from_secs(5);
/// How long a holder believes in its last renewal. The rest of [`LEASE`] then allows for clocks that differ and for
/// the step of work that is still running.
pub const BELIEF: Duration = Duration::from_secs(10);

/// Takes or renews the lease from `now` on; answers whether `holder` has it. `holder` MUST be another one in every process.
pub async fn hold(app: &Application, name: &'static str, holder: Uuid, now: Timestamp) -> AppResult<bool> {
    let work = Arc::new(Hold { name, holder, now, held: AtomicBool::new(false) });
    app.database.write(work.clone()).await?;
    Ok(work.held.load(Ordering::Relaxed))
}

/// Hands the lease back, so that another process can take it at once. Nothing happens to the lease of somebody else.
pub async fn release(app: &Application, name: &'static str, holder: Uuid, now: Timestamp) -> AppResult<()> {
    app.database.write(Arc::new(Release { name, holder, now })).await
}

struct Hold {
    name: &'static str,
    holder: Uuid,
    now: Timestamp,
    held: AtomicBool,
}

#[async_trait]
impl Work for Hold {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let expires_at = self.now.plus_seconds(LEASE.as_secs().cast_signed());
        let held = uow.leases().take_or_renew(self.name, self.holder, self.now, expires_at).await?;
        self.held.store(held, Ordering::Relaxed);
        Ok(if held { Outcome::Commit } else { Outcome::Rollback })
    }
}

struct Release {
    name: &'static str,
    holder: Uuid,
    now: Timestamp,
}

#[async_trait]
impl Work for Release {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        uow.leases().release(self.name, self.holder, self.now).await?;
        Ok(Outcome::Commit)
    }
}
