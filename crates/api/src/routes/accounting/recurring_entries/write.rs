use application::accounting::recurring_entries::{
    CreateRecurringEntry, DeleteRecurringEntry, UpdateRecurringEntry,
};
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
        code: body.code,
        name: body.name,
        schedule: body.schedule.0,
        start_date: body.start_date,
        end_date: body.end_date,
        journal: journal(body.journal_id, body.journal_code),
        currency: body.currency,
        description: body.description.map(Into::into),
        reference: body.reference.map(Into::into),
        control_reason: body.control_reason.map(Into::into),
        lines: lines(body.lines),
        auto_post: body.auto_post,
        active: body.active,
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
        code: body.code.0,
        name: body.name.0,
        schedule: body.schedule.0.map(|schedule| schedule.0),
        start_date: body.start_date.0,
        end_date: body.end_date.into_option(),
        journal: journal(body.journal_id.0, body.journal_code.0),
        currency: body.currency.0,
        description: body.description.map(String::from).into_option(),
        reference: body.reference.map(String::from).into_option(),
        control_reason: body.control_reason.map(String::from).into_option(),
        lines: body.lines.0.map(lines),
        auto_post: body.auto_post.0,
        active: body.active.0,
        drop_overdue: body.drop_overdue,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}

pub async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<RecurringEntryId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteRecurringEntry { id }).await?)
}
