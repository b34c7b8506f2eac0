//! What a relief takes back: the share of each document's VAT that was written off, never more than notes and other reliefs
//! have left of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::accounting::journal_entry::EntrySourceKind;
use domain::documents::note::DocumentGroup;
use domain::error::Violation;
use domain::ids::JournalEntryId;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::settlement::open_item::OpenItemId;
use domain::tax::tax_entry::{TaxEntry, TaxEntryId, TaxSide};

use super::ports::StoredWriteOff;
use crate::accounting::ports::books::Books;
use crate::documents::ports::{DocumentId, GroupUse, StoredDocument};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Opposite tax entries, each with the day of the supply, and what they take of the documents' groups.
type TakenBack = (Vec<(TaxEntry, NaiveDate)>, Vec<GroupUse>);

/// The VAT of each document that the write-off takes back.
pub(super) async fn taken_back(
    uow: &mut dyn UnitOfWork,
    books: &Books,
    write_off: &StoredWriteOff,
    date: NaiveDate,
) -> AppResult<TakenBack> {
    let too_large = || AppError::new(Violation::new(&AMOUNT_OUT_OF_RANGE));
    let documents = written_off_documents(uow, write_off).await?;
    let ids: BTreeSet<_> = documents.iter().map(|(document, _)| document.id).collect();
    let groups = uow.documents().groups_of(&ids).await?;
    let (mut taken, mut uses) = (Vec::new(), Vec::new());
    for (document, amount) in documents {
        let mut entries = uow.tax_entries().entries_of(document.id.uuid()).await?;
        entries.retain(|entry| entry.side == TaxSide::Output);
        let of_document = groups.iter().filter(|(id, _)| *id == document.id).map(|(_, group)| group);
        let left: Vec<_> = of_document
            .map(|group| Left::of(group, &entries))
            .collect::<Option<_>>()
            .ok_or_else(too_large)?;
        let whole = Amount::sum(left.iter().map(|left| left.gross)).ok_or_else(too_large)?;
        let scale = books.currencies.get(&document.currency).map_or(books.company.scale, |one| one.scale);
        for left in &left {
            let part =
                left.taken(amount.min(whole), whole, (scale, books.company.scale)).ok_or_else(too_large)?;
            for (entry, amounts) in part {
                let supplied = entry.tax_date;
                uses.push(left.used(document.id, &amounts));
                let relief =
                    relief(uow, write_off, (date, document.id), (entry, amounts)).ok_or_else(too_large)?;
                taken.push((relief, supplied));
            }
        }
    }
    Ok((taken, uses))
}

/// Base and tax of an entry in its currency and in the company currency that are taken back; magnitudes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Amounts {
    currency_base: Amount,
    currency_tax: Amount,
    base: Amount,
    tax: Amount,
}

/// What is left of a group of a document.
struct Left<'a> {
    number: u32,
    /// The tax entries of the group.
    entries: Vec<&'a TaxEntry>,
    charged: (Amount, Amount),
    taxable: Amount,
    vat: Amount,
    gross: Amount,
}

impl<'a> Left<'a> {
    /// What the document charged, without what prepayment invoices had charged before, less what was taken back of it.
    fn of(group: &DocumentGroup, entries: &'a [TaxEntry]) -> Option<Self> {
        let of_group = |entry: &&TaxEntry| entry.category == group.category && entry.rate == group.rate;
        let entries: Vec<_> = entries.iter().filter(of_group).collect();
        let base = Amount::sum(entries.iter().map(|entry| entry.currency_base))?;
        let tax = Amount::sum(entries.iter().map(|entry| entry.currency_tax))?;
        let taxable = base.checked_sub(group.used_taxable)?.max(Amount::ZERO);
        let vat = tax.checked_sub(group.used_vat)?.max(Amount::ZERO);
        let gross = taxable.checked_add(vat)?;
        Some(Self { number: group.number, entries, charged: (base, tax), taxable, vat, gross })
    }

    /// The share of `amount` in `whole`, by tax entry; the last entry takes what rounding leaves.
    fn taken(
        &self,
        amount: Amount,
        whole: Amount,
        (scale, company): (u8, u8),
    ) -> Option<Vec<(&'a TaxEntry, Amounts)>> {
        if whole.is_zero() || self.vat.is_zero() || self.charged.1.is_zero() {
            return Some(Vec::new());
        }
        let mut base_left = self.taxable.share(amount, whole, scale)?;
        let mut tax_left = self.vat.share(amount, whole, scale)?;
        let (base_sum, tax_sum) = (base_left, tax_left);
        let mut taken = Vec::with_capacity(self.entries.len());
        let last = self.entries.len().saturating_sub(1);
        for (place, entry) in self.entries.iter().copied().enumerate() {
            let (base, tax) = match place == last {
                true => (base_left, tax_left),
                false => (
                    entry.currency_base.share(base_sum, self.charged.0, scale)?,
                    entry.currency_tax.share(tax_sum, self.charged.1, scale)?,
                ),
            };
            (base_left, tax_left) = (base_left.checked_sub(base)?, tax_left.checked_sub(tax)?);
            if entry.account.is_none() || entry.currency_tax.is_zero() || tax.is_zero() {
                continue;
            }
            let amounts = Amounts {
                currency_base: base,
                currency_tax: tax,
                base: entry.base.share(base, entry.currency_base, company).unwrap_or_default(),
                tax: entry.tax.share(tax, entry.currency_tax, company)?,
            };
            taken.push((entry, amounts));
        }
        Some(taken)
    }

    fn used(&self, document: DocumentId, amounts: &Amounts) -> GroupUse {
        GroupUse { document, number: self.number, taxable: amounts.currency_base, vat: amounts.currency_tax }
    }
}

fn relief(
    uow: &mut dyn UnitOfWork,
    write_off: &StoredWriteOff,
    (date, document): (NaiveDate, DocumentId),
    (entry, amounts): (&TaxEntry, Amounts),
) -> Option<TaxEntry> {
    Some(TaxEntry {
        id: TaxEntryId::new(uow.new_id()),
        source_kind: EntrySourceKind::WriteOff,
        source_id: write_off.id.uuid(),
        currency_base: amounts.currency_base.checked_neg()?,
        currency_tax: amounts.currency_tax.checked_neg()?,
        base: amounts.base.checked_neg()?,
        tax: amounts.tax.checked_neg()?,
        tax_date: date,
        due_date: None,
        posting_date: date,
        corrects: Some(document.uuid()),
        ..entry.clone()
    })
}

/// Gives the documents of a relief back what it took of their groups. Reliefs of earlier versions took nothing of them, so no more
/// is given back than was used.
pub(super) async fn give_groups_back(uow: &mut dyn UnitOfWork, relieved: &[TaxEntry]) -> AppResult<()> {
    let ids: BTreeSet<_> = relieved.iter().filter_map(|entry| entry.corrects).map(DocumentId::new).collect();
    let mut uses = Vec::new();
    for (document, group) in uow.documents().groups_of(&ids).await? {
        let of_group = relieved.iter().filter(|entry| {
            entry.corrects == Some(document.uuid())
                && entry.category == group.category
                && entry.rate == group.rate
        });
        let of_group: Vec<_> = of_group.collect();
        let sum = |part: fn(&TaxEntry) -> Amount| Amount::sum(of_group.iter().map(|entry| part(entry).abs()));
        let amounts = sum(|entry| entry.currency_base).zip(sum(|entry| entry.currency_tax));
        let (taxable, vat) = amounts.ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
        let back = |amount: Amount, used: Amount| amount.min(used).checked_neg().unwrap_or_default();
        let (taxable, vat) = (back(taxable, group.used_taxable), back(vat, group.used_vat));
        if !(taxable.is_zero() && vat.is_zero()) {
            uses.push(GroupUse { document, number: group.number, taxable, vat });
        }
    }
    if !uow.documents().use_groups(&uses).await? {
        return Err(AppError::internal("what a relief took cannot be given back"));
    }
    Ok(())
}

/// The invoices and debit notes whose items were written off, with how much of each.
async fn written_off_documents(
    uow: &mut dyn UnitOfWork,
    write_off: &StoredWriteOff,
) -> AppResult<Vec<(StoredDocument, Amount)>> {
    let parsed = write_off.items.iter().map(|item| {
        let amount = Amount::parse(&item.amount).unwrap_or_default();
        (OpenItemId::new(item.open_item_id), amount)
    });
    let amounts: BTreeMap<OpenItemId, Amount> = parsed.collect();
    let found = uow.open_items().open_items(&amounts.keys().copied().collect()).await?;
    let mut by_entry: BTreeMap<JournalEntryId, Amount> = BTreeMap::new();
    for found in found {
        let amount = amounts.get(&found.item.id).copied().unwrap_or_default();
        let sum = by_entry.entry(found.item.entry).or_default();
        *sum = sum.checked_add(amount).ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
    }
    let mut documents = Vec::with_capacity(by_entry.len());
    for (entry, amount) in by_entry {
        let Some(id) = uow.documents().document_of_entry(entry).await? else { continue };
        if let Some(document) = uow.documents().find_document(id).await? {
            documents.push((document, amount));
        }
    }
    Ok(documents)
}
