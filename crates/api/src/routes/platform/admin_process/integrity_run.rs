use std::sync::Arc;

use application::accounting::integrity::{INTEGRITY_RUN, Integrity, IntegrityRun};
use application::accounting::ports::integrity::IntegrityQueries;
use application::command::{Application, Executed};
use application::context::RequestContext;
use application::error::AppError;
use application::platform::jobs::{self, JobQueries, JobRegistry, NewJob, RunningJob};
use application::platform::ports::PlatformQueries;
use axum::extract::State;
use domain::ids::{JobId, TenantId};
use serde_json::json;
use tracing::Instrument;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, OptionalJson};
use crate::request;

request! {
    /// Whose books to prove.
    pub struct IntegrityRunBody {
        /// One tenant alone; all of them when left out.
        tenant_id: Option<TenantId>,
    }
}

pub async fn create(
    State(app): State<Application>,
    State(integrity): State<Arc<dyn IntegrityQueries>>,
    State(tenants): State<Arc<dyn PlatformQueries>>,
    State(registry): State<JobRegistry>,
    State(queries): State<Arc<dyn JobQueries>>,
    ctx: Ctx,
    OptionalJson(body): OptionalJson<IntegrityRunBody>,
) -> ApiResult {
    let only = body.and_then(|body| body.tenant_id);
    if let Some(only) = only {
        tenants.tenant(only).await?.ok_or_else(|| AppError::not_found("tenant"))?;
    }
    let id = JobId::new(app.ids.new_id());
    let running = registry.enter(ctx.tenant, id)?;
    let job = NewJob {
        id,
        kind: INTEGRITY_RUN,
        input: json!({ "tenantId": only.map(TenantId::uuid) }).to_string(),
        total: None,
        created_by: ctx.actor.user_id(),
        runner: registry.runner(),
    };
    jobs::start(&app, &ctx, job).await?;
    let run = IntegrityRun { integrity: Integrity::new(integrity), tenants, only };
    let tenant = ctx.tenant;
    tokio::spawn(finished(app, ctx.0, running, run, id).in_current_span());
    let view = queries.job(tenant, id).await?.ok_or_else(|| AppError::not_found("job"))?;
    let body = answer::to_bytes(&registry.overlay(tenant, view))?;
    let executed = Executed { body, id: None, version: None, replayed: false };
    answer::accepted(&format!("/jobs/{id}"), executed)
}

/// Sees to it that the job says how it ended.
async fn finished(app: Application, ctx: RequestContext, running: RunningJob, run: IntegrityRun, id: JobId) {
    let outcome = run.run(&*running.progress).await;
    if let Err(error) = jobs::finish(&app, &ctx, id, &outcome).await {
        tracing::error!(%error, job = %id, "An integrity run could not be ended: {{error}}");
    }
}
