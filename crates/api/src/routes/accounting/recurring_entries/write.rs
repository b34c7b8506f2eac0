use application::accounting::recurring_entries::{CreateRecurringEntry, UpdateRecurringEntry};
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::RecurringEntryId;

use super::super::journal_entries::dto::journal;
use super::dto::{CreateRecurringEntryBody, UpdateRecurringEntryBody, lines};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateRecurringEntryBody>,
) -> ApiResult {
    let command = CreateRecurringEntry {
        of: body.of(),
        journal: journal(body.journal_id, body.journal_code),
        currency: body.currency,
        description: body.description.map(Into::into),
        reference: body.reference.map(Into::into),
        control_reason: body.control_reason.map(Into::into),
        lines: lines(body.lines),
    };
    answer::created(super::PATH, execute(&app, &ctx, command).await?)
}

pub async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<RecurringEntryId>,
    Json(body): Json<UpdateRecurringEntryBody>,
) -> ApiResult {
    let command = UpdateRecurringEntry {
        id,
        of: body.of(),
        journal: journal(body.journal_id.0, body.journal_code.0),
        currency: body.currency.0,
        description: body.description.map(String::from).into_option(),
        reference: body.reference.map(String::from).into_option(),
        control_reason: body.control_reason.map(String::from).into_option(),
        lines: body.lines.0.map(lines),
    };
    answer::ok(execute(&app, &ctx, command).await?)
}
