//! The operations that every type of document has: drafts, posting, copies.

use application::command::{Application, execute};
use application::documents::DocumentBody;
use application::documents::commands::{
    CopyDocument, CreateDocument, DeleteDocument, PostDocument, UpdateDocument,
};
use application::documents::error::DOCUMENT_NOT_DRAFT;
use application::documents::ports::DocumentId;
use application::documents::views::DocumentView;
use axum::extract::State;
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::error::ErrorDef;

use super::errors::{BILLING, CONFIRMING, CONTENT, LINES, MONEY, NOTES, ORDERS, POSTING, SALES, SUPPLIERS};
use super::reads;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;
use crate::wire::{Kept, MergePatch};

const OF_TRADE: &str = "Keeps a draft, or posts the document at once with `post`. Amounts are rounded half-up to the decimals of \
     the currency, and VAT is calculated once for each category and rate. A line names an item, whose tax code, unit and price \
     are taken where the line names none, or says what it is for. Posting gives the legal number, posts one journal entry and \
     opens an item for each instalment, all in one transaction. Everything that is wrong is answered at once.";

const OF_MONEY: &str = "Keeps a draft, or posts it at once with `post`. The account follows from the method by the posting \
     rules unless it is named. What `allocations` name is settled in the same transaction; what is left stays open as an advance \
     of the party.";

const OF_ORDERS: &str = "Keeps a draft, or sends or confirms it at once. Prices, discounts and taxes are calculated as an \
     invoice calculates them, and nothing enters the books. Sending or confirming gives the number. Everything that is wrong is \
     answered at once.";

const CHANGING_ORDERS: &str = "A draft changes in everything. A confirmed order changes, too, but never below what has been \
     delivered or invoiced: a line keeps its number (`lineNo`), and one of which something is done stays. The audit log keeps \
     every revision.";

/// Describes the operation that creates a document.
const fn creating(document_type: DocumentType) -> &'static str {
    match document_type {
        _ if document_type.moves_money() => OF_MONEY,
        _ if document_type.posts() => OF_TRADE,
        _ => OF_ORDERS,
    }
}

/// Describes the operation that changes a document.
const fn changing(document_type: DocumentType) -> &'static str {
    if document_type.is_order() { CHANGING_ORDERS } else { "Changes the draft." }
}

/// Describes the step by which a document is no draft any more.
const fn entering(document_type: DocumentType) -> &'static str {
    match document_type.posts() {
        true => "Gives the draft its number and enters it into the books. It no longer changes.",
        false => "Gives the draft its number. It is no draft any more.",
    }
}

/// The errors of a type's content.
fn content(document_type: DocumentType) -> Vec<&'static ErrorDef> {
    if document_type.moves_money() {
        return [CONTENT, MONEY].concat();
    }
    let mut errors = [CONTENT, LINES].concat();
    if document_type.corrects() {
        errors.extend_from_slice(NOTES);
    }
    match document_type.side() {
        _ if !document_type.posts() => errors.extend_from_slice(ORDERS),
        TradeSide::Sale => errors.extend_from_slice(SALES),
        TradeSide::Purchase => errors.extend_from_slice(SUPPLIERS),
    }
    if document_type.billed_order().is_some() {
        errors.extend_from_slice(BILLING);
    }
    errors
}

/// The errors that keep a document of the type from being posted.
const fn posting(document_type: DocumentType) -> &'static [&'static ErrorDef] {
    match document_type {
        _ if document_type.moves_money() => &[],
        _ if document_type.posts() => POSTING,
        _ => CONFIRMING,
    }
}

pub(super) fn operations<B: DocumentBody>(ops: &mut Operations) {
    reads::<B>(ops);
    let (names, errors, posting) = (B::NAMES, content(B::TYPE), posting(B::TYPE));
    ops.post(names.path, create::<B>)
        .id(names.create)
        .tag(names.tag)
        .summary(names.summaries.create)
        .description(creating(B::TYPE))
        .command::<CreateDocument<B>>()
        .body::<B>()
        .created::<DocumentView>()
        .errors(&errors)
        .errors(posting)
        .large();
    ops.patch(names.path_of_one, update::<B>)
        .id(names.update)
        .tag(names.tag)
        .summary(names.summaries.update)
        .description(changing(B::TYPE))
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
        .description(entering(B::TYPE))
        .command::<PostDocument<B>>()
        .if_match()
        .ok::<DocumentView>()
        .errors(&errors)
        .errors(posting)
        .errors(&[&DOCUMENT_NOT_DRAFT])
        .long();
}

/// A document of the type may be copied.
pub(super) fn copies<B: DocumentBody>(ops: &mut Operations) {
    let names = B::NAMES;
    ops.post(names.path_of_copy, copy::<B>)
        .id(names.copy)
        .tag(names.tag)
        .summary(names.summaries.copy)
        .description("Makes a new draft of today with the same content. It has no link to the original.")
        .command::<CopyDocument<B>>()
        .created::<DocumentView>()
        .errors(&content(B::TYPE));
}

async fn create<B: DocumentBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<Kept<B>>,
) -> ApiResult {
    answer::created(B::NAMES.path, execute(&app, &ctx, CreateDocument(body)).await?)
}

async fn update<B: DocumentBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(patch): Json<MergePatch<B>>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UpdateDocument { id, patch }).await?)
}

async fn delete<B: DocumentBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteDocument::<B>::new(id)).await?)
}

async fn post<B: DocumentBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, PostDocument::<B>::new(id)).await?)
}

async fn copy<B: DocumentBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
) -> ApiResult {
    answer::created(B::NAMES.path, execute(&app, &ctx, CopyDocument::<B>::new(id)).await?)
}
