//! Taking back what was posted, over HTTP.

use std::marker::PhantomData;

use application::command::{Application, execute};
use application::documents::ports::DocumentId;
use application::documents::trade::{NewSalesCreditNote, NewSalesInvoice};
use application::documents::undo::{CancelInvoice, ReverseDocument};
use application::documents::views::DocumentView;
use application::documents::{CancelInvoiceBody, DocumentBody, UndoDocumentBody};
use axum::extract::State;

use super::errors::{POSTING, UNDOING};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;

/// Invoices to customers are cancelled by a credit note.
pub(super) fn cancel(ops: &mut Operations) {
    let names = NewSalesInvoice::NAMES;
    ops.post(names.path_of_undo, cancel_invoice)
        .id(names.undo)
        .tag(names.tag)
        .summary("Cancel a sales invoice")
        .description(
            "Posts a credit note for everything that is left of the invoice, and lets both settle each other as \
             far as the invoice is open. The invoice itself stays. The answer is the credit note.",
        )
        .command::<CancelInvoice>()
        .if_match()
        .body::<CancelInvoiceBody>()
        .created::<DocumentView>()
        .errors(UNDOING)
        .errors(POSTING);
}

/// Documents that the company did not issue itself are reversed.
pub(super) fn reverse<B: DocumentBody>(ops: &mut Operations, summary: &'static str) {
    let names = B::NAMES;
    ops.post(names.path_of_undo, reverse_document::<B>)
        .id(names.undo)
        .tag(names.tag)
        .summary(summary)
        .description(
            "Reverses the entry on its own day and takes its VAT back. What it paid is open again, and a \
             supplier's number may be used again.",
        )
        .command::<ReverseDocument<B>>()
        .if_match()
        .body::<UndoDocumentBody>()
        .ok::<DocumentView>()
        .errors(UNDOING);
}

async fn cancel_invoice(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(body): Json<CancelInvoiceBody>,
) -> ApiResult {
    answer::created(NewSalesCreditNote::NAMES.path, execute(&app, &ctx, CancelInvoice { id, body }).await?)
}

async fn reverse_document<B: DocumentBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(body): Json<UndoDocumentBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, ReverseDocument::<B> { id, body, of: PhantomData }).await?)
}
