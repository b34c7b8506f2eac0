//! `/jobs`: work that outlives its request.

use std::sync::Arc;
use std::time::Duration;

use application::authorize::Access;
use application::command::{Application, Executed};
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use application::paging::ListSpec;
use application::platform::jobs::{
    JOB_LIST, JOB_NOT_RUNNING, JobQueries, JobRegistry, JobView, RunningJob, ending,
};
use application::ports::database::{Database, Work};
use axum::extract::State;
use domain::ids::JobId;
use tracing::Instrument;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource};
use crate::operation::Operations;

const TAG: &str = "jobs";
/// The pause before the end of a job is noted once more; doubles up to the longest.
const NOTE_PAUSE: Duration = Duration::from_secs(1);
const NOTE_PAUSE_MAX: Duration = Duration::from_secs(30);
/// How often that is tried, which takes a day. The jobs of a process that ends earlier are given up by the others.
const NOTE_TRIES_MAX: u32 = 2_880;

impl ListSpecSource for JobView {
    const SPEC: &'static ListSpec = &JOB_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.job.read");
    ops.tag(
        TAG,
        "Jobs: work that goes on after its request was answered, with progress, results and errors.",
    );
    ops.get("/jobs", list)
        .id("list_jobs")
        .tag(TAG)
        .summary("List jobs")
        .access(READ)
        .list::<JobView>(&JOB_LIST);
    ops.get("/jobs/{id}", get)
        .id("get_job")
        .tag(TAG)
        .summary("Read a job")
        .description("`progress` changes while the job runs; `result` or `error` tells how it ended.")
        .access(READ)
        .ok::<JobView>();
    ops.post("/jobs/{id}/cancel", cancel)
        .id("cancel_job")
        .tag(TAG)
        .summary("Cancel a job")
        .description(
            "The job is asked to stop before it commits; if it does, nothing of it is kept. Read the job to \
             see how it ended.",
        )
        .access(Access::Permission("platform.job.cancel"))
        .ok::<JobView>()
        .errors(&[&JOB_NOT_RUNNING]);
}

async fn list(
    State(queries): State<Arc<dyn JobQueries>>,
    State(registry): State<JobRegistry>,
    ctx: Ctx,
    params: ListParams<JobView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let (queries, registry) = (queries.clone(), registry.clone());
        async move {
            let page = queries.jobs(tenant, &query).await?;
            Ok(page.map(|job| registry.overlay(tenant, job)))
        }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn get(
    State(queries): State<Arc<dyn JobQueries>>,
    State(registry): State<JobRegistry>,
    ctx: Ctx,
    Id(id): Id<JobId>,
) -> ApiResult {
    let job = queries.job(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found("job"))?;
    answer::json(&registry.overlay(ctx.tenant, job))
}

async fn cancel(
    State(queries): State<Arc<dyn JobQueries>>,
    State(registry): State<JobRegistry>,
    ctx: Ctx,
    Id(id): Id<JobId>,
) -> ApiResult {
    let job = queries.job(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found("job"))?;
    // Its place among those that run is given up a moment after its end is stored.
    if !matches!(&*job.status, "queued" | "running") {
        return Err(AppError::of(&JOB_NOT_RUNNING).into());
    }
    registry.cancel(ctx.tenant, id)?;
    answer::json(&registry.overlay(ctx.tenant, job))
}

/// Notes how a job ended. Where the database is away, nobody waits until it is back: the job counts as running and keeps its
/// place meanwhile, so that there are never more of these than jobs may run.
pub async fn end(
    app: &Application,
    ctx: &RequestContext,
    running: RunningJob,
    id: JobId,
    outcome: &AppResult<Executed>,
) {
    let write = match ending(ctx, id, outcome) {
        Ok(write) => write,
        Err(error) => return tracing::error!(error = %error, job = %id, "a job could not be ended"),
    };
    if let Err(error) = app.database.write(write.clone()).await {
        tracing::warn!(error = %error, job = %id, "the end of a job cannot be noted yet: it will be tried again");
        tokio::spawn(note(app.database.clone(), write, running, id).in_current_span());
    }
}

async fn note(database: Arc<dyn Database>, write: Arc<dyn Work>, running: RunningJob, id: JobId) {
    let mut pause = NOTE_PAUSE;
    for _ in 0..NOTE_TRIES_MAX {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(NOTE_PAUSE_MAX);
        if database.write(write.clone()).await.is_ok() {
            return drop(running);
        }
    }
    tracing::error!(job = %id, "a job could not be ended");
}
