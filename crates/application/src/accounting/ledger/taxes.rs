//! VAT of entries by hand (R31): what their lines name, and the tax entries that they make.

use std::collections::BTreeSet;

use domain::accounting::account::ControlKind;
use domain::accounting::journal_entry::{EntrySourceKind, NewEntry, PostedEntry};
use domain::ids::JournalEntryId;
use domain::tax::by_hand::HandTax;
use domain::tax::tax_entry::{TaxEntry, TaxEntryId};

use crate::accounting::ports::books::Books;
use crate::accounting::ports::ledger::EntryToWrite;
use crate::error::{AppError, AppResult};
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

impl Books {
    /// Reads the tax codes that entries by hand name, and the accounts of documents if a line is on a VAT account. The
    /// accounts MUST be learnt before. A reversal takes what the entry before it declared.
    pub async fn learn_taxes<'e>(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entries: impl Iterator<Item = &'e NewEntry>,
    ) -> AppResult<()> {
        let mut texts = BTreeSet::new();
        let mut vat = false;
        for line in entries.filter(|entry| entry.reverses.is_none()).flat_map(|entry| &entry.lines) {
            let account = self.accounts.get(&line.account);
            vat |= account.is_some_and(|account| account.control == ControlKind::Vat);
            if let Some(text) = &line.details.tax_code
                && self.asked_codes.insert(text.clone())
            {
                texts.insert(Reference::Code(text.clone()));
            }
        }
        if vat && self.profile.is_none() {
            self.profile = Some(uow.posting_rules().posting_profile().await?);
        }
        if !texts.is_empty() {
            let found = uow.items().tax_codes(&texts).await?;
            self.tax_codes.extend(found.into_iter().map(|code| (code.code.to_string(), code)));
        }
        Ok(())
    }
}

/// Adds the tax entries of entries by hand. A reversal takes back those of the entry that it reverses; a document makes its
/// own.
pub(super) async fn enter(uow: &mut dyn UnitOfWork, posted: &[EntryToWrite]) -> AppResult<()> {
    let mut made = Vec::new();
    for EntryToWrite { entry, taxes, .. } in posted {
        made.extend(taxes.iter().map(|tax| tax_entry(TaxEntryId::new(uow.new_id()), entry, tax)));
        let header = entry.header();
        let taxed = || entry.lines().iter().any(|line| line.details.tax_code.is_some());
        if let Some(original) = header.reverses.filter(|_| header.source.is_none() && taxed()) {
            taken_back(uow, original, entry, &mut made).await?;
        }
    }
    if made.is_empty() {
        return Ok(());
    }
    Ok(uow.tax_entries().insert_tax_entries(&made).await?)
}

fn tax_entry(id: TaxEntryId, entry: &PostedEntry, tax: &HandTax) -> TaxEntry {
    let header = entry.header();
    TaxEntry {
        id,
        source_kind: EntrySourceKind::JournalEntry,
        source_id: header.id.uuid(),
        document_number: header.number.clone(),
        entry: header.id,
        party: entry.lines().iter().find_map(|line| line.details.party.clone()),
        tax_code: tax.code.to_string(),
        category: tax.category,
        rate: tax.rate,
        account: tax.account,
        side: tax.side,
        return_box: tax.return_box.clone(),
        currency: tax.currency,
        currency_base: tax.currency_base,
        currency_tax: tax.currency_tax,
        base: tax.base,
        tax: tax.tax,
        tax_date: header.posting_date,
        due_date: None,
        posting_date: header.posting_date,
        corrects: None,
    }
}

/// The entries of the original once more on the day of the reversal, with the other sign.
async fn taken_back(
    uow: &mut dyn UnitOfWork,
    original: JournalEntryId,
    reversal: &PostedEntry,
    made: &mut Vec<TaxEntry>,
) -> AppResult<()> {
    let header = reversal.header();
    for entry in uow.tax_entries().entries_of(original.uuid()).await? {
        let negative =
            entry.negated().ok_or_else(|| AppError::internal("a tax entry cannot be taken back"))?;
        made.push(TaxEntry {
            id: TaxEntryId::new(uow.new_id()),
            source_id: header.id.uuid(),
            document_number: header.number.clone(),
            entry: header.id,
            tax_date: header.posting_date,
            posting_date: header.posting_date,
            corrects: Some(original.uuid()),
            ..negative
        });
    }
    Ok(())
}
