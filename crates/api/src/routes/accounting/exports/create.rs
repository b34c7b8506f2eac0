use std::sync::Arc;

use application::accounting::ledger_export::{EXPORT_LEDGER, ExportToStore, LedgerExport};
use application::accounting::ports::ledger_export::{ExportRange, LedgerExportQueries};
use application::accounting::reports::request::Range;
use application::paging::UNKNOWN_PARAMETER;
use application::ports::blobs::BlobStore;
use axum::extract::{FromRef, State};
use domain::error::Violation;
use serde_json::json;

use super::ledger::LedgerExportQuery;
use crate::answer::ApiResult;
use crate::base::API_BASE;
use crate::change_options::DRY_RUN;
use crate::extract::{Ctx, Query};
use crate::routes::platform::Jobs;
use crate::state::AppState;
use crate::wire::{Pointer, WireQuery};

/// The parts that exports into the store need.
#[derive(Clone)]
pub struct Exporter {
    pub jobs: Jobs,
    pub store: Arc<dyn BlobStore>,
    pub ledger: Arc<dyn LedgerExportQueries>,
}

impl FromRef<AppState> for Exporter {
    fn from_ref(state: &AppState) -> Self {
        let (store, ledger) = (state.files.store.clone(), state.queries.ledger_export.clone());
        Self { jobs: Jobs::from_ref(state), store, ledger }
    }
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
    let input = json!({ "format": query.format.as_str(), "from": query.from, "to": query.to });
    let export = ExportToStore {
        app: exporter.jobs.app.clone(),
        store: exporter.store,
        export: LedgerExport::new(exporter.ledger),
        range: ExportRange { from: range.from, to: range.to },
        format: query.format,
        base: API_BASE,
    };
    let job = (EXPORT_LEDGER, input.to_string());
    exporter.jobs.start(ctx.0, job, async move |ctx, id, progress| export.run(&ctx, id, progress).await).await
}
