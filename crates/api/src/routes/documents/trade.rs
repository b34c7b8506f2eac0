//! Invoices, bills and notes over HTTP.

use std::marker::PhantomData;

use application::command::{Application, execute};
use application::documents::commands::{
    CopyDocument, CreateDocument, DeleteDocument, PostDocument, UpdateDocument,
};
use application::documents::error::DOCUMENT_NOT_DRAFT;
use application::documents::ports::DocumentId;
use application::documents::trade::{NewSalesCreditNote, NewSalesInvoice, TradeBody};
use application::documents::undo::{CancelInvoice, ReverseDocument};
use application::documents::views::DocumentView;
use application::documents::{CancelInvoiceBody, DocumentBody, UndoDocumentBody};
use axum::extract::State;
use domain::documents::document_type::TradeSide;
use domain::error::ErrorDef;

use super::errors::{CONTENT, LINES, NOTES, POSTING, SALES, SUPPLIERS, UNDOING};
use super::reads;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;
use crate::wire::{Kept, MergePatch};

const CREATE: &str = "Keeps a draft, or posts the document at once with `post`. Amounts are rounded half-up to the decimals of \
     the currency, and VAT is calculated once for each category and rate. A line names an item, whose tax code, unit and price \
     are taken where the line names none, or says what it is for. Posting gives the legal number, posts one journal entry and \
     opens an item for each instalment, all in one transaction. Everything that is wrong is answered at once.";

/// The errors of a type's content.
fn content<B: DocumentBody>() -> Vec<&'static ErrorDef> {
    let mut errors = [CONTENT, LINES].concat();
    if B::TYPE.corrects() {
        errors.extend_from_slice(NOTES);
    }
    match B::TYPE.side() {
        TradeSide::Sale => errors.extend_from_slice(SALES),
        TradeSide::Purchase => errors.extend_from_slice(SUPPLIERS),
    }
    errors
}

pub(super) fn operations<B: TradeBody>(ops: &mut Operations) {
    reads::<B>(ops);
    let (names, errors) = (B::NAMES, content::<B>());
    ops.post(names.path, create::<B>)
        .id(names.create)
        .tag(names.tag)
        .summary(names.summaries.create)
        .description(CREATE)
        .command::<CreateDocument<B>>()
        .body::<B>()
        .created::<DocumentView>()
        .errors(&errors)
        .errors(POSTING)
        .large();
    ops.patch(names.path_of_one, update::<B>)
        .id(names.update)
        .tag(names.tag)
        .summary(names.summaries.update)
        .command::<UpdateDocument<B>>()
        .if_match()
        .body::<MergePatch<B>>()
        .ok::<DocumentView>()
        .errors(&errors)
        .errors(&[&DOCUMENT_NOT_DRAFT])
        .large();
    ops.delete(names.path_of_one, delete::<B>)
        .id(names.delete)
        .tag(names.tag)
        .summary(names.summaries.delete)
        .command::<DeleteDocument<B>>()
        .if_match()
        .no_content()
        .errors(&[&DOCUMENT_NOT_DRAFT]);
    ops.post(names.path_of_post, post::<B>)
        .id(names.post)
        .tag(names.tag)
        .summary(names.summaries.post)
        .description("Gives the draft its number and enters it into the books. It no longer changes.")
        .command::<PostDocument<B>>()
        .if_match()
        .ok::<DocumentView>()
        .errors(&errors)
        .errors(POSTING)
        .errors(&[&DOCUMENT_NOT_DRAFT])
        .long();
    ops.post(names.path_of_copy, copy::<B>)
        .id(names.copy)
        .tag(names.tag)
        .summary(names.summaries.copy)
        .description("Makes a new draft of today with the same content. It has no link to the original.")
        .command::<CopyDocument<B>>()
        .created::<DocumentView>()
        .errors(&errors);
}

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

async fn create<B: TradeBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<Kept<B>>,
) -> ApiResult {
    answer::created(B::NAMES.path, execute(&app, &ctx, CreateDocument(body)).await?)
}

async fn update<B: TradeBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(patch): Json<MergePatch<B>>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UpdateDocument { id, patch }).await?)
}

async fn delete<B: TradeBody>(State(app): State<Application>, ctx: Ctx, Id(id): Id<DocumentId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteDocument::<B>::new(id)).await?)
}

async fn post<B: TradeBody>(State(app): State<Application>, ctx: Ctx, Id(id): Id<DocumentId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, PostDocument::<B>::new(id)).await?)
}

async fn copy<B: TradeBody>(State(app): State<Application>, ctx: Ctx, Id(id): Id<DocumentId>) -> ApiResult {
    answer::created(B::NAMES.path, execute(&app, &ctx, CopyDocument::<B>::new(id)).await?)
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
