//! `/close-checklist`: what to look at before a period or a year is closed.

use std::sync::Arc;

use application::accounting::close_checklist::{CHECKLIST_SCOPE, close_checklist};
use application::accounting::ports::close_checklist::{ChecklistScope, CloseChecklistQueries};
use application::accounting::views::close_checklist::CloseChecklistView;
use application::authorize::Access;
use application::error::{AppError, NOT_FOUND};
use application::ports::clock::Clock;
use axum::extract::State;
use domain::ids::{FiscalPeriodId, FiscalYearId};

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Query};
use crate::operation::Operations;
use crate::query;

const TAG: &str = "fiscal periods";

query! {
    /// The period or the year to be closed: give one of them.
    pub struct CloseChecklistQuery {
        /// The fiscal year, to check a whole year.
        fiscal_year_id: Option<FiscalYearId>,
        /// The fiscal period, to check one period.
        fiscal_period_id: Option<FiscalPeriodId>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.get("/close-checklist", get)
        .id("get_close_checklist")
        .tag(TAG)
        .summary("List what is left to do before closing")
        .description("Give either `fiscalYearId` or `fiscalPeriodId`. An item that blocks is one that closing refuses.")
        .access(Access::Permission("accounting.fiscal_period.read"))
        .query::<CloseChecklistQuery>()
        .ok::<CloseChecklistView>()
        .errors(&[&CHECKLIST_SCOPE, &NOT_FOUND]);
}

async fn get(
    State(queries): State<Arc<dyn CloseChecklistQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Query(query): Query<CloseChecklistQuery>,
) -> ApiResult {
    let (scope, resource) = match (query.fiscal_year_id, query.fiscal_period_id) {
        (Some(year), None) => (ChecklistScope::Year(year), "fiscal_year"),
        (None, Some(period)) => (ChecklistScope::Period(period), "fiscal_period"),
        _ => return Err(AppError::of(&CHECKLIST_SCOPE).into()),
    };
    let facts = queries.close_checklist_facts(ctx.tenant, scope).await?;
    let facts = facts.ok_or_else(|| AppError::not_found(resource))?;
    answer::json(&close_checklist(&facts, ctx.today(clock.now()), ctx.language))
}
