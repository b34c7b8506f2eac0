//! The documents attachments belong to: whether they are there, who may see them, whether their evidence is settled.

use domain::accounting::lock::LockKind;
use domain::error::Violation;
use domain::platform::attachment::{ATTACHMENTS_PER_DOCUMENT_MAX, DocumentType};
use uuid::Uuid;

use super::error::{ATTACHMENT_PROTECTED, DOCUMENT_UNKNOWN, TOO_MANY_ATTACHMENTS};
use crate::authorize::{self, Access, Permission};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::permission_set::PermissionSet;
use crate::unit_of_work::UnitOfWork;

/// A user who may not read a document may not see its files either.
pub fn read_permission(kind: DocumentType) -> Permission {
    match kind {
        DocumentType::JournalEntry => "accounting.journal_entry.read",
        DocumentType::Quotation => "sales.quotation.read",
        DocumentType::SalesOrder => "sales.sales_order.read",
        DocumentType::PurchaseOrder => "purchase.purchase_order.read",
        DocumentType::SalesInvoice => "sales.sales_invoice.read",
        DocumentType::SalesCreditNote => "sales.sales_credit_note.read",
        DocumentType::SalesDebitNote => "sales.sales_debit_note.read",
        DocumentType::PurchaseInvoice => "purchase.purchase_invoice.read",
        DocumentType::PurchaseCreditNote => "purchase.purchase_credit_note.read",
        DocumentType::Receipt => "settlement.receipt.read",
        DocumentType::Payment => "settlement.payment.read",
    }
}

pub fn may_read(ctx: &RequestContext, kind: DocumentType) -> AppResult<()> {
    authorize::require(ctx, Access::Permission(read_permission(kind)))
}

/// The types of documents whose files these permissions show.
pub fn readable_types(permissions: &PermissionSet) -> Vec<DocumentType> {
    let all = DocumentType::ALL.iter().copied();
    all.filter(|kind| permissions.allows(read_permission(*kind))).collect()
}

/// The document is there and has room for one more file.
pub async fn takes_one_more(uow: &mut dyn UnitOfWork, kind: DocumentType, id: Uuid) -> AppResult<()> {
    if uow.attachments().document(kind, id).await?.is_none() {
        let unknown = Violation::new(&DOCUMENT_UNKNOWN).with("documentType", kind).with("documentId", id);
        return Err(unknown.at("/documentId").into());
    }
    if uow.attachments().of_document(kind, id).await?.len() >= ATTACHMENTS_PER_DOCUMENT_MAX as usize {
        return Err(Violation::new(&TOO_MANY_ATTACHMENTS).with("max", ATTACHMENTS_PER_DOCUMENT_MAX).into());
    }
    Ok(())
}

/// Files of drafts come and go. Those of a posted document may be removed while its period is open (R2, each audited);
/// what closed books rest on stays (R11).
pub async fn may_lose_evidence(uow: &mut dyn UnitOfWork, kind: DocumentType, id: Uuid) -> AppResult<()> {
    let Some(state) = uow.attachments().document(kind, id).await? else { return Ok(()) };
    if !state.posted {
        return Ok(());
    }
    let locks = uow.locks().locks().await?;
    let locked = [LockKind::Fiscal, LockKind::Hard]
        .into_iter()
        .any(|lock| locks.through(lock).is_some_and(|through| state.date <= through));
    if state.period_open && !locked {
        return Ok(());
    }
    Err(AppError::new(Violation::new(&ATTACHMENT_PROTECTED).with("date", state.date)))
}
