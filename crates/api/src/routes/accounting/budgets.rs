//! `/budgets`: amounts for accounts and periods, with which postings are compared.

use std::sync::Arc;

use application::accounting::budgets::READ;
use application::accounting::budgets::copy::{
    BUDGET_COPY_ONE, BUDGET_PERCENT_NEGATIVE, BUDGET_PERIODS_DIFFER, CopyBudget, CopyBudgetBody,
};
use application::accounting::budgets::ports::{BUDGET_LINE_LIST, BudgetQueries};
use application::accounting::budgets::save_lines::{SaveBudgetLines, SaveBudgetLinesBody};
use application::accounting::budgets::views::{BudgetLineView, BudgetLinesSavedView};
use application::accounting::error::{
    ACCOUNT_CODE_UNKNOWN, ACCOUNT_REFERENCE_MISSING, DIMENSION_VALUE_UNKNOWN,
};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use application::reference::Reference;
use axum::extract::State;
use domain::accounting::budget::{BUDGET_LOCKED, Budget, BudgetException, BudgetId};
use domain::accounting::journal_entry::{ACCOUNT_UNKNOWN, FISCAL_PERIOD_MISSING};
use domain::money::AMOUNT_SCALE_EXCEEDED;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::routes::master_data;

const TAG: &str = "budgets";

impl ListSpecSource for BudgetLineView {
    const SPEC: &'static ListSpec = &BUDGET_LINE_LIST;
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<Budget>(ops);
    master_data::operations::<BudgetException>(ops);
    ops.get("/budgets/{id}/lines", lines)
        .id("list_budget_lines")
        .tag(TAG)
        .summary("List the lines of a budget")
        .access(Access::Permission(READ))
        .list::<BudgetLineView>(&BUDGET_LINE_LIST);
    ops.post("/budgets/{id}/lines/bulk", save_lines)
        .id("save_budget_lines")
        .tag(TAG)
        .summary("Create, replace or remove up to 10,000 lines of a budget")
        .description(
            "All lines are saved or none is; every error is listed at once. A line replaces the one that is there for the same \
             account, dimensions and period, and an amount of zero removes it.",
        )
        .command::<SaveBudgetLines>()
        .body::<SaveBudgetLinesBody>()
        .ok::<BudgetLinesSavedView>()
        .errors(&[
            &BUDGET_LOCKED,
            &ACCOUNT_REFERENCE_MISSING,
            &ACCOUNT_CODE_UNKNOWN,
            &ACCOUNT_UNKNOWN,
            &DIMENSION_VALUE_UNKNOWN,
            &FISCAL_PERIOD_MISSING,
            &AMOUNT_SCALE_EXCEEDED,
        ]);
    ops.post("/budgets/{id}/copy", copy)
        .id("copy_budget")
        .tag(TAG)
        .summary("Copy lines into a budget")
        .description(
            "Takes a percentage of the lines of another budget, or of what was posted to income and expense accounts in a fiscal \
             year, period by period. Lines that are there for the same account, dimensions and period are replaced.",
        )
        .command::<CopyBudget>()
        .body::<CopyBudgetBody>()
        .ok::<BudgetLinesSavedView>()
        .errors(&[
            &BUDGET_LOCKED,
            &BUDGET_COPY_ONE,
            &BUDGET_PERCENT_NEGATIVE,
            &BUDGET_PERIODS_DIFFER,
            &UNKNOWN_REFERENCE,
        ]);
}

async fn lines(
    State(queries): State<Arc<dyn BudgetQueries>>,
    ctx: Ctx,
    Id(id): Id<BudgetId>,
    params: ListParams<BudgetLineView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    if queries.budget_named(tenant, &Reference::Id(id)).await?.is_none() {
        return Err(AppError::not_found("budget").into());
    }
    answer::list_from(queries, move |from, query| from.budget_lines(tenant, id, query), params, accept).await
}

async fn save_lines(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<BudgetId>,
    Json(body): Json<SaveBudgetLinesBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, SaveBudgetLines { budget: id, body }).await?)
}

async fn copy(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<BudgetId>,
    Json(body): Json<CopyBudgetBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, CopyBudget { budget: id, body }).await?)
}
