//! `/distribution-runs`: what accounts gathered in a period, distributed by a key.

use std::sync::Arc;

use application::accounting::distribution_runs::create::CreateDistributionRun;
use application::accounting::distribution_runs::ports::{
    DISTRIBUTION_RUN_LIST, DistributionQueries, DistributionRunId,
};
use application::accounting::distribution_runs::undo::{UndoDistributionRun, UndoDistributionRunBody};
use application::accounting::distribution_runs::views::DistributionRunView;
use application::accounting::distribution_runs::{
    DISTRIBUTION_DONE, DISTRIBUTION_KEY_INACTIVE, DISTRIBUTION_TOO_LARGE, DISTRIBUTION_UNDONE, READ,
};
use application::accounting::error::JOURNAL_UNKNOWN;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::distribution::{
    DISTRIBUTION_BASIS_MIXED, DISTRIBUTION_BASIS_ZERO, DistributionKey, StatisticalFigure,
};
use domain::accounting::journal_entry::{FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING};
use domain::accounting::lock::DATE_LOCKED;
use domain::money::AMOUNT_OUT_OF_RANGE;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::routes::master_data;

const PATH: &str = "/distribution-runs";
const TAG: &str = "distribution runs";

impl ListSpecSource for DistributionRunView {
    const SPEC: &'static ListSpec = &DISTRIBUTION_RUN_LIST;
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<DistributionKey>(ops);
    master_data::operations::<StatisticalFigure>(ops);
    ops.tag(TAG, "What accounts gathered in a period, distributed by a key to values of a dimension or to other accounts.");
    ops.get(PATH, list)
        .id("list_distribution_runs")
        .tag(TAG)
        .summary("List distribution runs")
        .access(Access::Permission(READ))
        .list::<DistributionRunView>(&DISTRIBUTION_RUN_LIST);
    ops.post(PATH, create)
        .id("create_distribution_run")
        .tag(TAG)
        .summary("Run a distribution key")
        .description(
            "Distributes what the source accounts of the key gathered in the fiscal period, for each account and combination of \
             dimension values by itself, and posts one entry on the last day of the period. The parts of each amount add up to it \
             exactly: they are rounded by largest remainder. A key is run once for each period. Where nothing was gathered, the \
             run has no entry. `dryRun=true` shows the parts without posting them.",
        )
        .command::<CreateDistributionRun>()
        .body::<CreateDistributionRun>()
        .created::<DistributionRunView>()
        .errors(&[
            &DISTRIBUTION_DONE,
            &DISTRIBUTION_KEY_INACTIVE,
            &DISTRIBUTION_BASIS_ZERO,
            &DISTRIBUTION_BASIS_MIXED,
            &DISTRIBUTION_TOO_LARGE,
            &UNKNOWN_REFERENCE,
            &JOURNAL_UNKNOWN,
            &FISCAL_PERIOD_MISSING,
            &FISCAL_PERIOD_CLOSED,
            &DATE_LOCKED,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.get("/distribution-runs/{id}", get)
        .id("get_distribution_run")
        .tag(TAG)
        .summary("Get a distribution run")
        .access(Access::Permission(READ))
        .view::<DistributionRunView>();
    ops.post("/distribution-runs/{id}/undo", undo)
        .id("undo_distribution_run")
        .tag(TAG)
        .summary("Undo a distribution run")
        .description("Reverses the entry on its own day. The key may then be run again for the period.")
        .command::<UndoDistributionRun>()
        .if_match()
        .body::<UndoDistributionRunBody>()
        .ok::<DistributionRunView>()
        .errors(&[&DISTRIBUTION_UNDONE, &ENTRY_AWAITS_APPROVAL, &FISCAL_PERIOD_CLOSED, &DATE_LOCKED]);
}

async fn list(
    State(queries): State<Arc<dyn DistributionQueries>>,
    ctx: Ctx,
    params: ListParams<DistributionRunView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.distribution_runs(tenant, query), params, accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateDistributionRun>,
) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn get(
    State(queries): State<Arc<dyn DistributionQueries>>,
    ctx: Ctx,
    Id(id): Id<DistributionRunId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.distribution_run(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("distribution_run"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn undo(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DistributionRunId>,
    Json(body): Json<UndoDistributionRunBody>,
) -> ApiResult {
    let command = UndoDistributionRun { id, reason: body.reason.into() };
    answer::ok(execute(&app, &ctx, command).await?)
}
