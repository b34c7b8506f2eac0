use application::accounting::fiscal_years::{
    CreateFiscalYear, DeleteFiscalYear, GenerateFiscalYears, UpdateFiscalYear,
};
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::FiscalYearId;

use super::dto::{CreateFiscalYearBody, GenerateFiscalYearsBody, UpdateFiscalYearBody};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateFiscalYearBody>,
) -> ApiResult {
    let CreateFiscalYearBody { start, end, code, name, pattern } = body;
    let command = CreateFiscalYear { start, end, code, name, pattern };
    answer::created(super::PATH, execute(&app, &ctx, command).await?)
}

pub async fn generate(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<GenerateFiscalYearsBody>,
) -> ApiResult {
    let years = u8::try_from(body.years.0).unwrap_or(u8::MAX);
    let command = GenerateFiscalYears { start: body.start, years, pattern: body.pattern };
    answer::ok(execute(&app, &ctx, command).await?)
}

pub async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<FiscalYearId>,
    Json(body): Json<UpdateFiscalYearBody>,
) -> ApiResult {
    let command = UpdateFiscalYear { id, name: body.name.into_option() };
    answer::ok(execute(&app, &ctx, command).await?)
}

pub async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<FiscalYearId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteFiscalYear { id }).await?)
}
