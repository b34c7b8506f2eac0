//! Writes of job rows, as works of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::ids::{JobId, TenantId};
use domain::time::Timestamp;
use uuid::Uuid;

use super::UNNAMED_LIFE;
use super::ports::NewJob;
use crate::error::AppResult;
use crate::platform::leadership::LEASE;
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

enum Change {
    Start(NewJob),
    Succeed { id: JobId, result: String },
    Fail { id: JobId, cancelled: bool, error: String },
    Keep { runner: Uuid },
    Interrupted { asking: Uuid, error: String },
}

pub struct JobWrite {
    tenant: TenantId,
    change: Change,
    changed: AtomicU64,
}

impl JobWrite {
    fn new(tenant: TenantId, change: Change) -> Arc<Self> {
        Arc::new(Self { tenant, change, changed: AtomicU64::new(0) })
    }
    pub fn start(tenant: TenantId, job: NewJob) -> Arc<Self> {
        Self::new(tenant, Change::Start(job))
    }
    pub fn succeed(tenant: TenantId, id: JobId, result: String) -> Arc<Self> {
        Self::new(tenant, Change::Succeed { id, result })
    }
    pub fn fail(tenant: TenantId, id: JobId, cancelled: bool, error: String) -> Arc<Self> {
        Self::new(tenant, Change::Fail { id, cancelled, error })
    }
    pub fn keep(runner: Uuid) -> Arc<Self> {
        Self::new(TenantId::new(Uuid::nil()), Change::Keep { runner })
    }
    pub fn interrupted(asking: Uuid, error: String) -> Arc<Self> {
        Self::new(TenantId::new(Uuid::nil()), Change::Interrupted { asking, error })
    }
    pub fn changed(&self) -> u64 {
        self.changed.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Work for JobWrite {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        match &self.change {
            Change::Start(job) => uow.jobs().insert_running(job).await?,
            Change::Succeed { id, result } => {
                uow.jobs().succeed(*id, result, None).await?;
            }
            Change::Fail { id, cancelled, error } => uow.jobs().fail(*id, *cancelled, error).await?,
            Change::Keep { runner } => {
                let expires_at = uow.now().plus_seconds(LEASE.as_secs().cast_signed());
                uow.jobs().keep_runner(*runner, expires_at).await?;
            }
            Change::Interrupted { asking, error } => {
                let now = uow.now();
                let (named, unnamed) = (before(now, LEASE), before(now, UNNAMED_LIFE));
                let changed = uow.jobs().fail_abandoned(error, *asking, named, unnamed).await?;
                self.changed.store(changed, Ordering::Relaxed);
            }
        }
        Ok(Outcome::Commit)
    }
}

fn before(moment: Timestamp, life: Duration) -> Timestamp {
    moment.plus_seconds(-life.as_secs().cast_signed())
}
