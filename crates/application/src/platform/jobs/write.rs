//! Writes of job rows, as works of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::ids::{JobId, TenantId};

use super::ports::NewJob;
use crate::error::AppResult;
use crate::ports::database::{Outcome, Work};
use crate::ports::unit_of_work::UnitOfWork;

enum Change {
    Start(NewJob),
    Succeed { id: JobId, result: String },
    Fail { id: JobId, cancelled: bool, error: String },
    Interrupted { error: String },
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
    pub fn interrupted(tenant: TenantId, error: String) -> Arc<Self> {
        Self::new(tenant, Change::Interrupted { error })
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
            Change::Succeed { id, result } => uow.jobs().succeed(*id, result, None).await?,
            Change::Fail { id, cancelled, error } => uow.jobs().fail(*id, *cancelled, error).await?,
            Change::Interrupted { error } => {
                let changed = uow.jobs().fail_unfinished(error).await?;
                self.changed.store(changed, Ordering::Relaxed);
            }
        }
        Ok(Outcome::Commit)
    }
}
