//! Taking back what was posted (R77): an invoice to a customer with a credit note, what a supplier or a bank sent by reversal.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::documents::note::NoteKind;
use domain::error::Violation;
use domain::ids::JournalEntryId;
use domain::money::Amount;
use domain::settlement::allocation::AllocationKind;
use serde_json::json;

use super::error::{DOCUMENT_HAS_NOTES, DOCUMENT_IN_RETURN, DOCUMENT_NOT_POSTED};
use super::note_settles::{settle_corrected, written_off_first};
use super::notes::post_note;
use super::ports::{DocumentId, DocumentStatus, StoredDocument};
use super::reversal::reverse_document;
use super::steps::{note_entered, of_type};
use super::trade::{NewSalesCreditNote, NewSalesInvoice};
use super::views::DocumentView;
use super::{CancelInvoiceBody, DocumentBody, UndoDocumentBody};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::settlement::undo::{undo_allocations_of, undo_allocations_of_note};
use crate::unit_of_work::UnitOfWork;

/// `POST /sales-invoices/{id}/cancel`.
pub struct CancelInvoice {
    pub id: DocumentId,
    pub body: CancelInvoiceBody,
}

#[async_trait]
impl Command for CancelInvoice {
    const NAME: &'static str = NewSalesInvoice::NAMES.undo;
    const ACCESS: Access = Access::Permission(NewSalesInvoice::NAMES.can_undo);
    /// The credit note.
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let invoice = posted(ctx, uow, self.id, DocumentType::SalesInvoice).await?;
        let view = cancel_invoice(ctx, uow, &invoice, &self.body).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Posts the credit note that takes a posted invoice back, and shows it.
pub async fn cancel_invoice(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    invoice: &StoredDocument,
    body: &CancelInvoiceBody,
) -> AppResult<DocumentView> {
    match invoice.entry {
        Some(entry) if body.undo_allocations => undo_allocations_of(ctx, uow, entry, &body.reason).await?,
        Some(entry) => refuse_written_off(uow, invoice, entry).await?,
        None => {}
    }
    // An invoice of a later day is not cancelled before it.
    let first = invoice.document_date.max(invoice.posting_date);
    let date = body.date.unwrap_or_else(|| ctx.today(uow.now()).max(first));
    let note = json!({
        "correctsId": invoice.id.uuid(),
        "kind": NoteKind::Cancellation.as_str(),
        "reason": &*body.reason,
        "documentDate": date,
    });
    let posted = post_note::<NewSalesCreditNote>(ctx, uow, note.to_string()).await;
    let (note, scale) = posted.map_err(at_date)?;
    let left = settle_corrected(ctx, uow, &note).await?;
    Ok(note_entered(uow, &note, left, scale))
}

/// The dates of the note are the one of the body, and what is wrong with them is said once.
fn at_date(error: AppError) -> AppError {
    let mut violations: Vec<Violation> = Vec::with_capacity(error.violations.len());
    for violation in error.violations {
        let of_date = matches!(violation.pointer.as_str(), "/documentDate" | "/postingDate");
        let violation = if of_date { violation.at("/date") } else { violation };
        if !violations.iter().any(|one| one.def == violation.def && one.pointer == violation.pointer) {
            violations.push(violation);
        }
    }
    AppError { violations, ..error }
}

/// An invoice that was written off is not cancelled beside the write-off: the customer would get what nobody has paid.
async fn refuse_written_off(
    uow: &mut dyn UnitOfWork,
    invoice: &StoredDocument,
    entry: JournalEntryId,
) -> AppResult<()> {
    let live = uow.open_items().live_allocations(entry).await?;
    let written_off = live.iter().filter(|one| one.kind == AllocationKind::WriteOff);
    let amount = Amount::sum(written_off.map(|one| one.allocation.amount)).unwrap_or_default();
    if amount.is_zero() { Ok(()) } else { Err(written_off_first(invoice, amount)) }
}

/// `POST …/{id}/reverse` of a document that the company did not issue itself.
pub struct ReverseDocument<B> {
    pub id: DocumentId,
    pub body: UndoDocumentBody,
    pub of: std::marker::PhantomData<fn() -> B>,
}

#[async_trait]
impl<B: DocumentBody> Command for ReverseDocument<B> {
    const NAME: &'static str = B::NAMES.undo;
    const ACCESS: Access = Access::Permission(B::NAMES.can_undo);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = posted(ctx, uow, self.id, B::TYPE).await?;
        let number = stored.number.clone().unwrap_or_default();
        if uow.tax_entries().is_filed(self.id.uuid()).await? {
            return Err(Violation::new(&DOCUMENT_IN_RETURN).with("number", number).into());
        }
        let entry = stored.entry.ok_or_else(|| AppError::internal("a posted document has no entry"))?;
        let groups = uow.documents().groups_of(&BTreeSet::from([self.id])).await?;
        if groups.iter().any(|(_, group)| !(group.used_taxable.is_zero() && group.used_vat.is_zero())) {
            return Err(Violation::new(&DOCUMENT_HAS_NOTES).with("number", number).into());
        }
        if self.body.undo_allocations {
            undo_allocations_of(ctx, uow, entry, &self.body.reason).await?;
        }
        if B::TYPE.reduces() {
            let on = (stored.posting_date, &*self.body.reason);
            undo_allocations_of_note(ctx, uow, entry, on).await?;
        }
        let view = reverse_document(ctx, uow, stored, &self.body.reason, None).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// The document at the version that the caller knows, if it is posted.
async fn posted(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DocumentId,
    document_type: DocumentType,
) -> AppResult<StoredDocument> {
    let stored = of_type(uow, id, document_type).await?;
    check_version(ctx, stored.version)?;
    if stored.status != DocumentStatus::Posted {
        return Err(Violation::new(&DOCUMENT_NOT_POSTED).with("status", stored.status).into());
    }
    Ok(stored)
}
