//! Steps that the commands on all documents take.

use domain::documents::document_type::DocumentType;
use domain::error::Violation;
use domain::money::Amount;
use domain::platform::attachment;

use super::error::{DOCUMENT_NOT_DRAFT, DOCUMENT_POST_PERMISSION};
use super::ports::{DocumentId, DocumentStatus, StoredDocument};
use super::views::DocumentView;
use crate::changes::{record, stale};
use crate::command::{Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::attachments::delete_with_document;
use crate::unit_of_work::UnitOfWork;

/// Deletes a draft of any type.
pub(in crate::documents) async fn delete(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DocumentId,
    document_type: DocumentType,
) -> AppResult<Done<()>> {
    let stored = draft(ctx, uow, id, document_type).await?;
    if let Ok(kind) = attachment::DocumentType::parse(document_type.as_str()) {
        delete_with_document(uow, kind, id.uuid()).await?;
    }
    if !uow.documents().delete_draft_document(id, stored.version).await? {
        return Err(stale(stored.version));
    }
    let before = stored.shown(None, 2);
    record(uow, document_type.as_str(), id.uuid(), "deleted", Some(&before), None);
    Ok(Done::new(()))
}

/// A user who may not post keeps a draft instead.
pub(in crate::documents) fn may_post(ctx: &RequestContext, permission: &'static str) -> AppResult<()> {
    if ctx.permissions.allows(permission) {
        return Ok(());
    }
    Err(Violation::new(&DOCUMENT_POST_PERMISSION).with("permission", permission).into())
}

/// The document, if it is of the type.
pub(in crate::documents) async fn of_type(
    uow: &mut dyn UnitOfWork,
    id: DocumentId,
    document_type: DocumentType,
) -> AppResult<StoredDocument> {
    let found = uow.documents().find_document(id).await?;
    let found = found.filter(|document| document.document_type == document_type);
    found.ok_or_else(|| AppError::not_found(document_type.as_str()))
}

/// The document at the version that the caller knows, if it still changes: a draft, or an order that is confirmed.
pub(in crate::documents) async fn changeable(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DocumentId,
    document_type: DocumentType,
) -> AppResult<StoredDocument> {
    let stored = of_type(uow, id, document_type).await?;
    if document_type.is_order() && stored.status == DocumentStatus::Confirmed {
        check_version(ctx, stored.version)?;
        return Ok(stored);
    }
    draft(ctx, uow, id, document_type).await
}

/// The draft at the version that the caller knows.
pub(in crate::documents) async fn draft(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DocumentId,
    document_type: DocumentType,
) -> AppResult<StoredDocument> {
    let stored = of_type(uow, id, document_type).await?;
    check_version(ctx, stored.version)?;
    if stored.status != DocumentStatus::Draft {
        let number = stored.number.clone().unwrap_or_default();
        return Err(Violation::new(&DOCUMENT_NOT_DRAFT).with("number", number).into());
    }
    Ok(stored)
}

/// Stores a document that is new, or one version later in the place of its draft.
pub(in crate::documents) async fn keep(
    uow: &mut dyn UnitOfWork,
    document: StoredDocument,
    draft: Option<&StoredDocument>,
) -> AppResult<StoredDocument> {
    let Some(draft) = draft else {
        uow.documents().insert_document(&document).await?;
        return Ok(document);
    };
    let recurring_invoice_id = draft.view.recurring_invoice_id;
    let document = StoredDocument {
        view: DocumentView { recurring_invoice_id, ..document.view },
        created_by: draft.created_by,
        created_at: draft.created_at,
        version: draft.version + 1,
        ..document
    };
    if !uow.documents().update_document(&document).await? {
        return Err(stale(draft.version));
    }
    Ok(document)
}

/// Notes what became of a document and shows it with its lines; `open` is what is not settled of it.
pub(in crate::documents) fn note(
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    (open, scale): (Option<Amount>, u8),
    before: Option<&DocumentView>,
    action: &'static str,
) -> DocumentView {
    let view = document.shown(open, scale);
    record(uow, document.document_type.as_str(), view.id, action, before, Some(&view));
    DocumentView { lines: Some(document.lines.clone()).filter(|lines| !lines.is_empty()), ..view }
}

/// Notes a document that was posted just now; nothing of it is settled yet.
pub(in crate::documents) fn note_posted(
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    scale: u8,
) -> DocumentView {
    note_entered(uow, document, Amount::parse(&document.view.totals.payable).ok(), scale)
}

/// Notes a document that was posted just now, of which `open` is not settled.
pub(in crate::documents) fn note_entered(
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    open: Option<Amount>,
    scale: u8,
) -> DocumentView {
    let view = note(uow, document, (open, scale), None, "posted");
    if open.is_some_and(Amount::is_zero) {
        note_paid(uow, document, scale);
    }
    view
}

/// Notes that nothing of an invoice or a bill is open any more (R122).
pub(crate) fn note_paid(uow: &mut dyn UnitOfWork, document: &StoredDocument, scale: u8) {
    if matches!(document.document_type, DocumentType::SalesInvoice | DocumentType::PurchaseInvoice) {
        let paid = document.shown(Some(Amount::ZERO), scale);
        record(uow, document.document_type.as_str(), paid.id, "paid", None, Some(&paid));
    }
}
