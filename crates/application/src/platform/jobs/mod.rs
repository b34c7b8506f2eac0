//! Work that outlives its request. A job's row says how it ended; while it runs, its progress is in memory.

pub mod ports;
mod registry;
mod view;
mod write;

use std::sync::Arc;
use std::time::Duration;

use domain::error::Language;
use domain::ids::JobId;
use serde::Serialize;
use uuid::Uuid;

pub use ports::{JOB_LIST, JobQueries, JobRepository, NewJob};
pub use registry::{JOBS_RUNNING_MAX, JOBS_RUNNING_PER_TENANT_MAX, JobProgress, JobRegistry, RunningJob};
pub use view::{JobErrorItem, JobErrorView, JobView};

use crate::command::{Application, Executed};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, VALIDATION_FAILED};
use crate::nouns::problems;
use crate::ports::database::Work;
use crate::unit_of_work::UnitOfWork;
use write::JobWrite;

pub use super::leadership::RENEWAL;

/// How long a job may run that names no process, because an earlier version began it.
pub const UNNAMED_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

domain::errors! {
    TOO_MANY_JOBS = "too_many_jobs", Throttled, User,
        "{count} jobs are running already; wait for one of them to end.",
        "هناك {count} مهام قيد التنفيذ بالفعل؛ انتظر انتهاء إحداها.";
    JOB_NOT_RUNNING = "job_not_running", Conflict, User,
        "The job has ended already.", "انتهت المهمة بالفعل.";
    JOB_INTERRUPTED = "job_interrupted", Unavailable, Operator,
        "The server stopped while the job was running; nothing of it was kept. Start it again.",
        "توقف الخادم أثناء تنفيذ المهمة ولم يُحفظ منها شيء. ابدأها من جديد.";
}

/// Notes that a job has begun.
pub async fn start(app: &Application, ctx: &RequestContext, job: NewJob) -> AppResult<()> {
    app.database.write(JobWrite::start(ctx.tenant, job)).await
}

/// Finishes a job in the transaction of its own work, so that neither is there without the other.
pub async fn finish_in<T: Serialize + Sync>(
    uow: &mut dyn UnitOfWork,
    job: Option<JobId>,
    result: &T,
    total: usize,
) -> AppResult<()> {
    let Some(job) = job else { return Ok(()) };
    let result = serde_json::to_string(result)
        .map_err(|error| AppError::internal(format!("the result of a job: {error}")))?;
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    if uow.jobs().succeed(job, &result, Some(total)).await? {
        return Ok(());
    }
    // It was given up meanwhile, and whoever looked was told that nothing is kept.
    Err(AppError::of(&JOB_INTERRUPTED))
}

/// Notes the end of a job whose own transaction did not: it failed, was cancelled, kept nothing or was a replay.
pub fn ending(ctx: &RequestContext, job: JobId, outcome: &AppResult<Executed>) -> AppResult<Arc<dyn Work>> {
    let write = match outcome {
        Ok(executed) => {
            let result = String::from_utf8_lossy(&executed.body).into_owned();
            JobWrite::succeed(ctx.tenant, job, result)
        }
        Err(error) => {
            let cancelled = error.is(&crate::ports::progress::JOB_CANCELLED);
            JobWrite::fail(ctx.tenant, job, cancelled, error_document(error, ctx.language)?)
        }
    };
    Ok(write)
}

/// Notes it once.
pub async fn finish(
    app: &Application,
    ctx: &RequestContext,
    job: JobId,
    outcome: &AppResult<Executed>,
) -> AppResult<()> {
    app.database.write(ending(ctx, job, outcome)?).await
}

/// Notes that this process lives and runs its jobs; to be called every [`RENEWAL`] while it runs any.
pub async fn keep_runner(app: &Application, runner: Uuid) -> AppResult<()> {
    app.database.write(JobWrite::keep(runner)).await
}

/// Marks jobs as failed whose process is known to be gone; `runner` is the one that looks. Answers how many.
pub async fn fail_interrupted(app: &Application, runner: Uuid) -> AppResult<u64> {
    let document = error_document(&AppError::of(&JOB_INTERRUPTED), Language::English)?;
    let write = JobWrite::interrupted(runner, document);
    app.database.write(write.clone()).await?;
    Ok(write.changed())
}

/// The record of a job's failure: the problem as its caller would have got it.
fn error_document(error: &AppError, language: Language) -> AppResult<String> {
    let headline = match (&error.headline, error.violations.as_slice()) {
        (Some(headline), _) => (**headline).clone(),
        (None, [only]) => only.clone(),
        (None, many) => {
            domain::error::Violation::new(&VALIDATION_FAILED).with_phrase("problems", problems(many.len()))
        }
    };
    let view = JobErrorView {
        code: headline.def.code.to_owned(),
        detail: headline.text(language),
        errors: error.violations.iter().map(|violation| JobErrorItem::of(violation, language)).collect(),
    };
    serde_json::to_string(&view).map_err(|error| AppError::internal(format!("the error of a job: {error}")))
}
