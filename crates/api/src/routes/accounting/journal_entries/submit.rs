use application::accounting::approvals::submit::SubmitJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::JournalEntryId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn submit(State(app): State<Application>, ctx: Ctx, Id(id): Id<JournalEntryId>) -> ApiResult {
    answer::created("/approvals", execute(&app, &ctx, SubmitJournalEntry { id }).await?)
}
