use std::sync::Arc;

use application::accounting::integrity::{INTEGRITY_RUN, Integrity, IntegrityRun};
use application::accounting::ports::integrity::IntegrityQueries;
use application::error::AppError;
use application::platform::ports::PlatformQueries;
use axum::extract::State;
use domain::ids::TenantId;
use serde_json::json;

use crate::answer::ApiResult;
use crate::extract::{Ctx, OptionalJson};
use crate::request;
use crate::routes::platform::Jobs;

request! {
    /// The tenants whose books are verified.
    pub struct IntegrityRunBody {
        /// The tenant to verify; all tenants by default.
        tenant_id: Option<TenantId>,
    }
}

pub async fn create(
    State(integrity): State<Arc<dyn IntegrityQueries>>,
    State(tenants): State<Arc<dyn PlatformQueries>>,
    State(jobs): State<Jobs>,
    ctx: Ctx,
    OptionalJson(body): OptionalJson<IntegrityRunBody>,
) -> ApiResult {
    let only = body.and_then(|body| body.tenant_id);
    if let Some(only) = only {
        tenants.tenant(only).await?.ok_or_else(|| AppError::not_found("tenant"))?;
    }
    let input = json!({ "tenantId": only.map(TenantId::uuid) });
    let run = IntegrityRun { integrity: Integrity::new(integrity), tenants, only };
    let job = (INTEGRITY_RUN, input.to_string());
    jobs.start(ctx.0, job, async move |_, _, progress| run.run(&*progress).await).await
}
