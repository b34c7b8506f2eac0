//! The jobs this process runs: how many at once, how far each is, and whether it should stop.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::error::Violation;
use domain::ids::{JobId, TenantId};
use uuid::Uuid;

use super::view::JobView;
use super::{JOB_NOT_RUNNING, TOO_MANY_JOBS};
use crate::error::AppResult;
use crate::ports::progress::Progress;

/// Jobs of one tenant that may run at once.
pub const JOBS_RUNNING_PER_TENANT_MAX: usize = 4;
/// Jobs that may run at once in all.
pub const JOBS_RUNNING_MAX: usize = 16;

type Running = HashMap<(TenantId, JobId), Arc<JobProgress>>;

/// Shared by the handlers of one server.
#[derive(Clone)]
pub struct JobRegistry {
    runner: Uuid,
    running: Arc<Mutex<Running>>,
}

#[derive(Debug, Default)]
pub struct JobProgress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress for JobProgress {
    fn advance(&self, done: u64, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
    }
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// A place among the running jobs, given back when it is dropped.
pub struct RunningJob {
    key: (TenantId, JobId),
    registry: JobRegistry,
    pub progress: Arc<JobProgress>,
}

impl Drop for RunningJob {
    fn drop(&mut self) {
        self.registry.running(|running| running.remove(&self.key));
    }
}

impl JobRegistry {
    /// `runner` MUST be another one in every process.
    #[must_use]
    pub fn new(runner: Uuid) -> Self {
        Self { runner, running: Arc::default() }
    }

    /// The name of this process in the rows of its jobs.
    pub fn runner(&self) -> Uuid {
        self.runner
    }

    /// Whether nothing runs here.
    pub fn is_idle(&self) -> bool {
        self.running(|running| running.is_empty())
    }

    /// Jobs that run here.
    pub fn count(&self) -> usize {
        self.running(|running| running.len())
    }

    fn running<T>(&self, with: impl FnOnce(&mut Running) -> T) -> T {
        with(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a place; `too_many_jobs` when there is none.
    pub fn enter(&self, tenant: TenantId, job: JobId) -> AppResult<RunningJob> {
        let key = (tenant, job);
        let progress = Arc::new(JobProgress::default());
        self.running(|running| {
            let own = running.keys().filter(|(of, _)| *of == tenant).count();
            if own >= JOBS_RUNNING_PER_TENANT_MAX || running.len() >= JOBS_RUNNING_MAX {
                return Err(Violation::new(&TOO_MANY_JOBS).with("count", own.max(1)));
            }
            running.insert(key, progress.clone());
            Ok(())
        })?;
        Ok(RunningJob { key, registry: self.clone(), progress })
    }

    /// Asks a running job to stop; `job_not_running` when it has ended.
    pub fn cancel(&self, tenant: TenantId, job: JobId) -> AppResult<()> {
        let found = self.running(|running| running.get(&(tenant, job)).cloned());
        let progress = found.ok_or_else(|| Violation::new(&JOB_NOT_RUNNING))?;
        progress.cancelled.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The job with how far it is by now, if it runs here.
    #[must_use]
    pub fn overlay(&self, tenant: TenantId, mut view: JobView) -> JobView {
        let key = (tenant, JobId::new(view.id));
        let Some(progress) = self.running(|running| running.get(&key).cloned()) else { return view };
        if view.status == "running" {
            let done = progress.done.load(Ordering::Relaxed);
            let total = progress.total.load(Ordering::Relaxed).max(done);
            view.done = done;
            view.total = (total > 0).then_some(total).or(view.total);
            // All rows done is not yet kept.
            view.progress =
                u8::try_from((done * 100).checked_div(total).unwrap_or(0)).map_or(99, |p| p.min(99));
            view.cancel_requested |= progress.cancelled();
        }
        view
    }
}
