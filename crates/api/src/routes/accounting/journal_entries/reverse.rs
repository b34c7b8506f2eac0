use application::accounting::reverse_journal_entry::ReverseJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::JournalEntryId;

use super::dto::ReverseJournalEntryBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn reverse(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<JournalEntryId>,
    Json(body): Json<ReverseJournalEntryBody>,
) -> ApiResult {
    let command = ReverseJournalEntry { id, posting_date: body.posting_date, reason: body.reason.into() };
    answer::created(super::PATH, execute(&app, &ctx, command).await?)
}
