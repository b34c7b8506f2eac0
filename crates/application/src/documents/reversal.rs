//! The reversal of a posted document: its entry, its VAT, and what it took of the document that it corrects.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::accounting::journal_entry::EntrySource;
use domain::documents::note::NoteKind;
use domain::ids::JournalEntryId;
use domain::money::{Amount, Quantity};
use domain::tax::tax_entry::{TaxEntry, TaxEntryId};

use super::books_entry::source_of;
use super::money::take_back_withholding;
use super::ports::{DocumentId, DocumentStatus, GroupUse, StoredDocument};
use super::trade::{OrderMoves, give_back_charges};
use super::views::DocumentView;
use crate::accounting::ledger::{Ledger, reversal_of};
use crate::changes::{record, stale};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Reverses a posted document of which nothing is settled, on its own day or on a later one, notes it and shows it.
pub async fn reverse_document(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    stored: StoredDocument,
    reason: &str,
    date: Option<NaiveDate>,
) -> AppResult<DocumentView> {
    let reversal = reverse_entry(ctx, uow, &stored, reason, date).await?;
    take_back_vat(uow, stored.id, reversal, date).await?;
    take_back_withholding(uow, stored.id, reversal).await?;
    give_back(uow, &stored).await?;
    give_back_charges(uow, &stored).await?;
    let scale = uow.ledger().company_currency().await?.scale;
    OrderMoves::of_reversal(uow, &stored).await?.save(uow, stored.id, scale).await?;
    let before = stored.shown(None, scale);
    let view = DocumentView { reason: Some(reason.to_owned()), ..stored.view.clone() };
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
    let entity = document.document_type.as_str();
    record(uow, entity, shown.id, "reversed", Some(&before), Some(&shown));
    Ok(DocumentView { lines: Some(lines).filter(|lines| !lines.is_empty()), ..shown })
}

async fn reverse_entry(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    reason: &str,
    date: Option<NaiveDate>,
) -> AppResult<JournalEntryId> {
    let entry = document.entry.ok_or_else(|| AppError::internal("a posted document has no entry"))?;
    let source = EntrySource::part(source_of(document.document_type)?, document.id.uuid(), 1);
    let posting = reversal_of(ctx, uow, entry, source, reason, date).await?;
    let id = posting.draft.id();
    Ledger::open(ctx, uow)
        .await?
        .post_one(uow, posting)
        .await
        .map_err(|error| error.of_the_whole("/postingDate"))?;
    Ok(id)
}

/// Tax entries of the document once more, with the other sign, on the day that is given or their own.
async fn take_back_vat(
    uow: &mut dyn UnitOfWork,
    id: DocumentId,
    reversal: JournalEntryId,
    date: Option<NaiveDate>,
) -> AppResult<()> {
    let mut opposite = Vec::new();
    for entry in uow.tax_entries().entries_of(id.uuid()).await? {
        let negative =
            entry.negated().ok_or_else(|| AppError::internal("a tax entry cannot be taken back"))?;
        let id = TaxEntryId::new(uow.new_id());
        opposite.push(TaxEntry {
            id,
            entry: reversal,
            tax_date: date.unwrap_or(negative.tax_date),
            posting_date: date.unwrap_or(negative.posting_date),
            ..negative
        });
    }
    Ok(uow.tax_entries().insert_tax_entries(&opposite).await?)
}

/// Returns the amounts and quantities that a note took to the document that it corrected.
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
