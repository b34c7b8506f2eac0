use application::accounting::post_journal_entry::PostJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::JournalEntryId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn post(State(app): State<Application>, ctx: Ctx, Id(id): Id<JournalEntryId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, PostJournalEntry { id }).await?)
}
