use application::accounting::update_journal_entry::UpdateJournalEntry;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::JournalEntryId;

use super::dto::{UpdateJournalEntryBody, journal, lines};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<JournalEntryId>,
    Json(body): Json<UpdateJournalEntryBody>,
) -> ApiResult {
    let command = UpdateJournalEntry {
        id,
        journal: journal(body.journal_id.0, body.journal_code.0),
        posting_date: body.posting_date.0,
        document_date: body.document_date.into_option(),
        reverse_on: body.reverse_on.into_option(),
        currency: body.currency.0,
        description: body.description.map(String::from).into_option(),
        reference: body.reference.map(String::from).into_option(),
        notes: body.notes.map(String::from).into_option(),
        control_reason: body.control_reason.map(String::from).into_option(),
        lines: body.lines.0.map(lines),
    };
    answer::ok(execute(&app, &ctx, command).await?)
}
