use application::accounting::fiscal_years::{CloseFiscalYear, ReopenFiscalYear};
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::FiscalYearId;

use super::dto::ReopenFiscalYearBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn close(State(app): State<Application>, ctx: Ctx, Id(id): Id<FiscalYearId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, CloseFiscalYear { id }).await?)
}

pub async fn reopen(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<FiscalYearId>,
    Json(body): Json<ReopenFiscalYearBody>,
) -> ApiResult {
    let command = ReopenFiscalYear { id, reason: body.reason.into(), open_periods: body.open_periods };
    answer::ok(execute(&app, &ctx, command).await?)
}
