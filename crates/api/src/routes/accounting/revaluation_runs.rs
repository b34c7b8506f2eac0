//! `/revaluation-runs`: foreign balances at the rate of a day.

use std::sync::Arc;

use application::accounting::error::{ACCOUNT_CODE_UNKNOWN, JOURNAL_UNKNOWN};
use application::accounting::revaluation_runs::create::CreateRevaluationRun;
use application::accounting::revaluation_runs::ports::{
    REVALUATION_RUN_LIST, RevaluationQueries, RevaluationRunId,
};
use application::accounting::revaluation_runs::undo::{UndoRevaluationRun, UndoRevaluationRunBody};
use application::accounting::revaluation_runs::views::RevaluationRunView;
use application::accounting::revaluation_runs::{
    READ, REVALUATION_ACCOUNT_MISSING, REVALUATION_ACCOUNT_TWICE, REVALUATION_ACCOUNT_TYPE,
    REVALUATION_COMPANY_CURRENCY, REVALUATION_DONE, REVALUATION_RATE_TWICE, REVALUATION_TOO_LARGE,
    REVALUATION_UNDONE,
};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::journal_entry::{
    CURRENCY_UNKNOWN, EXCHANGE_RATE_MISSING, FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING,
};
use domain::accounting::lock::DATE_LOCKED;
use domain::money::AMOUNT_OUT_OF_RANGE;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;

const PATH: &str = "/revaluation-runs";
const TAG: &str = "revaluation runs";

impl ListSpecSource for RevaluationRunView {
    const SPEC: &'static ListSpec = &REVALUATION_RUN_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Foreign balances valued at the rate of a day, and their unrealised exchange differences.");
    ops.get(PATH, list)
        .id("list_revaluation_runs")
        .tag(TAG)
        .summary("List revaluation runs")
        .access(Access::Permission(READ))
        .list::<RevaluationRunView>(&REVALUATION_RUN_LIST);
    ops.post(PATH, create)
        .id("create_revaluation_run")
        .tag(TAG)
        .summary("Revalue foreign balances")
        .description(
            "Values every open receivable and payable, cash, and every account that is kept in one foreign \
             currency at the closing rate of the day. The differences are posted on the day and taken back by an \
             entry on the next day, so that amounts realised later are not counted twice. Receivables and \
             payables keep their value; their differences stand on accounts of their own, which the ledger \
             settings name. `dryRun=true` shows what would be posted.",
        )
        .command::<CreateRevaluationRun>()
        .body::<CreateRevaluationRun>()
        .created::<RevaluationRunView>()
        .errors(&[
            &REVALUATION_DONE,
            &EXCHANGE_RATE_MISSING,
            &REVALUATION_ACCOUNT_MISSING,
            &REVALUATION_TOO_LARGE,
            &ACCOUNT_CODE_UNKNOWN,
            &CURRENCY_UNKNOWN,
            &REVALUATION_RATE_TWICE,
            &REVALUATION_COMPANY_CURRENCY,
            &REVALUATION_ACCOUNT_TYPE,
            &REVALUATION_ACCOUNT_TWICE,
            &JOURNAL_UNKNOWN,
            &FISCAL_PERIOD_MISSING,
            &FISCAL_PERIOD_CLOSED,
            &DATE_LOCKED,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.get("/revaluation-runs/{id}", get)
        .id("get_revaluation_run")
        .tag(TAG)
        .summary("Get a revaluation run")
        .access(Access::Permission(READ))
        .view::<RevaluationRunView>();
    ops.post("/revaluation-runs/{id}/undo", undo)
        .id("undo_revaluation_run")
        .tag(TAG)
        .summary("Undo a revaluation run")
        .description("Reverses both entries on their own days. The day may then be valued again.")
        .command::<UndoRevaluationRun>()
        .if_match()
        .body::<UndoRevaluationRunBody>()
        .ok::<RevaluationRunView>()
        .errors(&[&REVALUATION_UNDONE, &FISCAL_PERIOD_CLOSED, &DATE_LOCKED]);
}

async fn list(
    State(queries): State<Arc<dyn RevaluationQueries>>,
    ctx: Ctx,
    params: ListParams<RevaluationRunView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.revaluation_runs(tenant, query), params, accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateRevaluationRun>,
) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn get(
    State(queries): State<Arc<dyn RevaluationQueries>>,
    ctx: Ctx,
    Id(id): Id<RevaluationRunId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.revaluation_run(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("revaluation_run"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn undo(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<RevaluationRunId>,
    Json(body): Json<UndoRevaluationRunBody>,
) -> ApiResult {
    let command = UndoRevaluationRun { id, reason: body.reason.into() };
    answer::ok(execute(&app, &ctx, command).await?)
}
