//! Taking back what was posted (R77): an invoice to a customer with a credit note, what a supplier or a bank sent by reversal.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::accounting::journal_entry::EntrySource;
use domain::documents::document_type::DocumentType;
use domain::documents::note::NoteKind;
use domain::error::Violation;
use domain::ids::JournalEntryId;
use domain::money::{Amount, Quantity};
use domain::settlement::allocation::{AllocationKind, Pair};
use domain::tax::tax_entry::{TaxEntry, TaxEntryId};
use serde_json::json;

use super::books_entry::{of_the_whole, source_of};
use super::error::{DOCUMENT_HAS_NOTES, DOCUMENT_IN_RETURN, DOCUMENT_NOT_POSTED};
use super::money::take_back_withholding;
use super::ports::{DocumentId, DocumentStatus, GroupUse, StoredDocument};
use super::steps::{note_posted, of_type};
use super::trade::{NewSalesCreditNote, NewSalesInvoice, OrderMoves, post};
use super::views::DocumentView;
use super::{CancelInvoiceBody, DocumentBody, UndoDocumentBody};
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::{EntryMeta, StoredEntry};
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::settlement::settle::Settling;
use crate::settlement::undo::undo_allocations_of;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Kept;

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
        let body = json!({
            "correctsId": self.id.uuid(),
            "kind": NoteKind::Cancellation.as_str(),
            "reason": &*self.body.reason,
            "documentDate": self.body.date,
        });
        let kept = Kept::<NewSalesCreditNote>::read(body.to_string())?;
        let id = DocumentId::new(uow.new_id());
        let mut books = Books::open(ctx, uow).await?;
        let prepared = NewSalesCreditNote::prepare(ctx, uow, &mut books, (id, None), &kept).await?;
        let scale = prepared.money.currency.scale;
        let note = post(ctx, uow, books, prepared, None).await?;
        let view = note_posted(uow, &note, scale);
        if let Some(entry) = invoice.entry.filter(|_| self.body.undo_allocations) {
            undo_allocations_of(ctx, uow, entry, &self.body.reason).await?;
        }
        let settled = settle(ctx, uow, &invoice, &note).await?;
        let shown = note.shown(note.total.checked_sub(settled), scale);
        let view =
            DocumentView { open_amount: shown.open_amount, payment_state: shown.payment_state, ..view };
        Ok(Done::of(view.id, view.version, view))
    }
}

/// An invoice and the note that takes it back settle each other, as far as the invoice is open. Answers how much.
async fn settle(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    invoice: &StoredDocument,
    note: &StoredDocument,
) -> AppResult<Amount> {
    let entries: BTreeSet<JournalEntryId> = [invoice.entry, note.entry].into_iter().flatten().collect();
    let items = uow.open_items().open_items_of_entries(&entries).await?;
    let mut debits: Vec<_> =
        items.iter().filter(|item| item.is_debit() && !item.open_amount.is_zero()).collect();
    debits.sort_by_key(|item| (item.due_date, item.line_no));
    let Some(credit) = items.iter().find(|item| !item.is_debit() && Some(item.entry) == note.entry) else {
        return Ok(Amount::ZERO);
    };
    let mut left = credit.open_amount.abs();
    let mut pairs = Vec::new();
    for debit in debits {
        let amount = left.min(debit.open_amount);
        if amount.is_positive() {
            pairs.push(Pair {
                debit: debit.id,
                credit: credit.id,
                amount: Some(amount),
                credit_amount: None,
            });
            left = left.checked_sub(amount).unwrap_or_default();
        }
    }
    if pairs.is_empty() {
        return Ok(Amount::ZERO);
    }
    let date = note.posting_date.max(invoice.posting_date);
    Settling { kind: AllocationKind::Payment, date, pairs }.run(ctx, uow).await?;
    Ok(credit.open_amount.abs().checked_sub(left).unwrap_or_default())
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
        let reversal = self.reverse(ctx, uow, entry).await?;
        take_back_vat(uow, self.id, reversal).await?;
        take_back_withholding(uow, self.id, reversal).await?;
        give_back(uow, &stored).await?;
        let scale = uow.ledger().company_currency().await?.scale;
        OrderMoves::of_reversal(uow, &stored).await?.save(uow, stored.id, scale).await?;
        let before = stored.shown(None, scale);
        let view = DocumentView { reason: Some(self.body.reason.to_string()), ..stored.view.clone() };
        let (version, lines) = (stored.version, stored.lines.clone());
        let document = StoredDocument {
            status: DocumentStatus::Reversed,
            reversal_entry: Some(reversal),
            supplier_key: None,
            view,
            version: version + 1,
            ..stored
        };
        if !uow.documents().update_document(&document).await? {
            return Err(stale(version));
        }
        let shown = document.shown(Some(Amount::ZERO), scale);
        record(uow, B::NAMES.entity, shown.id, "reversed", Some(&before), Some(&shown));
        let view = DocumentView { lines: Some(lines).filter(|lines| !lines.is_empty()), ..shown };
        Ok(Done::of(view.id, view.version, view))
    }
}

impl<B: DocumentBody> ReverseDocument<B> {
    async fn reverse(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        entry: JournalEntryId,
    ) -> AppResult<JournalEntryId> {
        let Some(StoredEntry::Posted { entry, .. }) = uow.journal_entries().find(entry).await? else {
            return Err(AppError::internal("the entry of a posted document is not in the ledger"));
        };
        let id = JournalEntryId::new(uow.new_id());
        let source = EntrySource::part(source_of(B::TYPE)?, self.id.uuid(), 1);
        let draft = entry.document_reversal(id, &self.body.reason, source)?;
        let posting = Posting::new(draft, EntryMeta::new(ctx.actor.user_id(), uow.now()));
        Ledger::open(ctx, uow).await?.post_one(uow, posting).await.map_err(of_the_whole)?;
        Ok(id)
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

/// Tax entries of the document once more, with the other sign.
async fn take_back_vat(uow: &mut dyn UnitOfWork, id: DocumentId, reversal: JournalEntryId) -> AppResult<()> {
    let mut opposite = Vec::new();
    for entry in uow.tax_entries().entries_of(id.uuid()).await? {
        let negative =
            entry.negated().ok_or_else(|| AppError::internal("a tax entry cannot be taken back"))?;
        let id = TaxEntryId::new(uow.new_id());
        opposite.push(TaxEntry { id, entry: reversal, ..negative });
    }
    Ok(uow.tax_entries().insert_tax_entries(&opposite).await?)
}

/// What a note took of the document that it corrected.
async fn give_back(uow: &mut dyn UnitOfWork, note: &StoredDocument) -> AppResult<()> {
    let Some(original) = note.corrects.filter(|_| note.document_type.reduces()) else { return Ok(()) };
    let groups = uow.documents().groups_of(&BTreeSet::from([original])).await?;
    let mut uses = Vec::with_capacity(note.view.tax_groups.len());
    for view in &note.view.tax_groups {
        let parsed = (Amount::parse(&view.taxable), Amount::parse(&view.vat));
        let found = groups
            .iter()
            .map(|(_, group)| group)
            .find(|group| group.category.as_str() == view.category && group.rate.to_string() == view.rate);
        let (Some(group), (Ok(taxable), Ok(vat))) = (found, parsed) else { continue };
        let (taxable, vat) = (taxable.checked_neg(), vat.checked_neg());
        let (Some(taxable), Some(vat)) = (taxable, vat) else { continue };
        uses.push(GroupUse { document: original, number: group.number, taxable, vat });
    }
    let takes = note
        .kind
        .as_deref()
        .and_then(|kind| NoteKind::parse(kind).ok())
        .is_some_and(NoteKind::takes_quantity);
    let mut credited = Vec::new();
    for line in note.lines.iter().filter(|_| takes) {
        if let (Some(number), Ok(quantity)) = (line.corrects_line_no, Quantity::parse(&line.quantity)) {
            credited.push((number, Quantity::from_scaled(-quantity.scaled())));
        }
    }
    if !uow.documents().use_groups(&uses).await? || !uow.documents().credit_lines(original, &credited).await?
    {
        return Err(AppError::internal("what a note took cannot be given back"));
    }
    Ok(())
}
