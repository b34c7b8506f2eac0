use application::accounting::create_journal_entry::CreateJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;

use super::dto::{CreateJournalEntryBody, journal, lines};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};

pub async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateJournalEntryBody>,
) -> ApiResult {
    let command = CreateJournalEntry {
        journal: journal(body.journal_id, body.journal_code),
        posting_date: body.posting_date,
        document_date: body.document_date,
        reverse_on: body.reverse_on,
        currency: body.currency,
        description: body.description.map(Into::into),
        reference: body.reference.map(Into::into),
        notes: body.notes.map(Into::into),
        control_reason: body.control_reason.map(Into::into),
        lines: lines(body.lines),
        post: body.post,
    };
    answer::created(super::PATH, execute(&app, &ctx, command).await?)
}
