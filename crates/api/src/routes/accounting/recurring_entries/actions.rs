use application::accounting::recurring_entries::{RunRecurringEntry, SkipRecurringOccurrence};
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::RecurringEntryId;

use super::dto::{RunRecurringEntryBody, SkipRecurringOccurrenceBody};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn run(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<RecurringEntryId>,
    Json(body): Json<RunRecurringEntryBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, RunRecurringEntry { id, date: body.date }).await?)
}

pub async fn skip(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<RecurringEntryId>,
    Json(body): Json<SkipRecurringOccurrenceBody>,
) -> ApiResult {
    let command = SkipRecurringOccurrence { id, date: body.date, reason: body.reason.into() };
    answer::ok(execute(&app, &ctx, command).await?)
}
