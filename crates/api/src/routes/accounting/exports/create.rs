use std::sync::Arc;

use application::accounting::ledger_export::{EXPORT_LEDGER, ExportToStore, LedgerExport};
use application::accounting::ports::ledger_export::{ExportRange, LedgerExportQueries};
use application::accounting::reports::request::Range;
use application::command::{Application, Executed};
use application::context::RequestContext;
use application::error::AppError;
use application::paging::UNKNOWN_PARAMETER;
use application::platform::jobs::{self, JobQueries, JobRegistry, NewJob, RunningJob};
use application::ports::blobs::BlobStore;
use application::ports::clock::Ids;
use axum::extract::State;
use domain::error::Violation;
use domain::ids::JobId;
use serde_json::json;
use tracing::Instrument;

use super::ledger::LedgerExportQuery;
use crate::answer::{self, ApiResult};
use crate::extract::context::DRY_RUN;
use crate::extract::{Ctx, Query};
use crate::operation::API_BASE;
use crate::routes::platform::jobs::end;
use crate::wire::{Pointer, WireQuery};

/// What exports into the store run on.
#[derive(Clone)]
pub struct Exporter {
    pub app: Application,
    pub store: Arc<dyn BlobStore>,
    pub ledger: Arc<dyn LedgerExportQueries>,
    pub registry: JobRegistry,
    pub queries: Arc<dyn JobQueries>,
    pub ids: Arc<dyn Ids>,
}

pub async fn create(
    State(exporter): State<Exporter>,
    ctx: Ctx,
    Query(query): Query<LedgerExportQuery>,
) -> ApiResult {
    if ctx.dry_run {
        let names = LedgerExportQuery::names().join(", ");
        let violation = Violation::new(&UNKNOWN_PARAMETER).with("name", DRY_RUN).with("allowed", names);
        return Err(violation.at(Pointer::parameter(DRY_RUN).to_string()).into());
    }
    let range = Range::checked(query.from, query.to)?;
    let id = JobId::new(exporter.ids.new_id());
    let running = exporter.registry.enter(ctx.tenant, id)?;
    let input = json!({ "format": query.format.as_str(), "from": query.from, "to": query.to });
    let created_by = ctx.actor.user_id();
    let runner = exporter.registry.runner();
    let job = NewJob { id, kind: EXPORT_LEDGER, input: input.to_string(), total: None, created_by, runner };
    jobs::start(&exporter.app, &ctx, job).await?;
    let export = ExportToStore {
        app: exporter.app.clone(),
        store: exporter.store.clone(),
        export: LedgerExport::new(exporter.ledger.clone()),
        range: ExportRange { from: range.from, to: range.to },
        format: query.format,
        base: API_BASE,
    };
    let tenant = ctx.tenant;
    tokio::spawn(finished(exporter.app.clone(), ctx.0, running, export, id).in_current_span());
    let view = exporter.queries.job(tenant, id).await?.ok_or_else(|| AppError::not_found("job"))?;
    let view = exporter.registry.overlay(tenant, view);
    let body = serde_json::to_vec(&view).map_err(|error| AppError::internal(error.to_string()))?;
    let executed = Executed { body: body.into(), id: None, version: None, replayed: false };
    answer::accepted(&format!("/jobs/{id}"), executed)
}

/// Sees to it that the job says how it ended.
async fn finished(
    app: Application,
    ctx: RequestContext,
    running: RunningJob,
    export: ExportToStore,
    id: JobId,
) {
    let outcome = export.run(&ctx, id, running.progress.clone()).await;
    end(&app, &ctx, running, id, &outcome).await;
}
