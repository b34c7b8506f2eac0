use application::accounting::delete_journal_entry::DeleteJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::JournalEntryId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<JournalEntryId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteJournalEntry { id }).await?)
}
