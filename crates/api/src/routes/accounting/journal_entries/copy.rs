use application::accounting::copy_journal_entry::CopyJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::JournalEntryId;

use super::dto::CopyJournalEntryBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn copy(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<JournalEntryId>,
    Json(body): Json<CopyJournalEntryBody>,
) -> ApiResult {
    let command = CopyJournalEntry { id, posting_date: body.posting_date };
    answer::created(super::PATH, execute(&app, &ctx, command).await?)
}
