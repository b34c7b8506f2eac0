//! Work that outlives its request: it takes a place, is noted, runs on, and its caller reads on at the job.

use std::sync::Arc;

use application::command::{Application, Executed};
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use application::platform::jobs::{self, JobProgress, JobQueries, JobRegistry, NewJob, RunningJob};
use axum::extract::FromRef;
use domain::ids::{JobId, TenantId};
use tracing::Instrument;

use super::jobs::end;
use crate::answer::{self, ApiResult};
use crate::state::AppState;

/// The parts with which jobs are started and followed.
#[derive(Clone)]
pub struct Jobs {
    pub app: Application,
    pub registry: JobRegistry,
    pub queries: Arc<dyn JobQueries>,
}

impl FromRef<AppState> for Jobs {
    fn from_ref(state: &AppState) -> Self {
        let (app, registry) = (state.application.clone(), state.jobs.clone());
        Self { app, registry, queries: state.queries.jobs.clone() }
    }
}

impl Jobs {
    /// Takes a place for a new job; `too_many_jobs` when there is none.
    pub fn enter(&self, tenant: TenantId) -> AppResult<(JobId, RunningJob)> {
        let id = JobId::new(self.app.ids.new_id());
        Ok((id, self.registry.enter(tenant, id)?))
    }

    /// Notes the job, lets `work` run beside the request, which sees to it that the job says how it ended, and answers 202.
    pub async fn start<F>(
        self,
        ctx: RequestContext,
        (kind, input): (&'static str, String),
        work: impl FnOnce(RequestContext, JobId, Arc<JobProgress>) -> F,
    ) -> ApiResult
    where
        F: Future<Output = AppResult<Executed>> + Send + 'static,
    {
        let (id, running) = self.enter(ctx.tenant)?;
        let job = self.new_job(&ctx, id, kind, input);
        jobs::start(&self.app, &ctx, job).await?;
        let (app, tenant) = (self.app.clone(), ctx.tenant);
        let work = work(ctx.clone(), id, running.progress.clone());
        let ended = async move {
            let outcome = work.await;
            end(&app, &ctx, running, id, &outcome).await;
        };
        tokio::spawn(ended.in_current_span());
        self.accepted(tenant, id).await
    }

    /// The row of a job that this process runs.
    pub fn new_job(&self, ctx: &RequestContext, id: JobId, kind: &'static str, input: String) -> NewJob {
        let (created_by, runner) = (ctx.actor.user_id(), self.registry.runner());
        NewJob { id, kind, input, total: None, created_by, runner }
    }

    /// 202 with the job as it stands, and where to read on.
    pub async fn accepted(&self, tenant: TenantId, id: JobId) -> ApiResult {
        let view = self.queries.job(tenant, id).await?.ok_or_else(|| AppError::not_found("job"))?;
        let body = answer::to_bytes(&self.registry.overlay(tenant, view))?;
        let executed = Executed { body, id: None, version: None, replayed: false };
        answer::accepted(&format!("/jobs/{id}"), executed)
    }
}
