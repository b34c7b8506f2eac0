//! From an entry of the file to a draft, with everything resolved.

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{DraftEntry, EntryKind, JOURNAL_LINES_MAX, NewEntry, NewLine};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionSetId, JournalEntryId, JournalId};
use domain::money::CurrencyCode;

use super::entry_file::{EntryFile, FileEntry, FileLine, MoreOfLine};

/// What the codes of a file stand for, by their index.
pub struct Resolution<'a> {
    pub file: &'a EntryFile,
    pub accounts: &'a [Option<AccountId>],
    pub combinations: &'a [Option<(DimensionCombination, DimensionSetId)>],
    /// The company's, of entries whose lines name no currency.
    pub currency: CurrencyCode,
}

impl Resolution<'_> {
    /// Whether every line of the entry has an account and known dimensions.
    pub fn complete(&self, entry: &FileEntry) -> bool {
        !entry.broken
            && self.file.lines[entry.lines.clone()].iter().all(|line| {
                self.accounts[line.account as usize].is_some()
                    && self.combinations[line.combination as usize].is_some()
            })
    }

    /// The lines of an entry that is complete.
    pub fn lines(&self, entry: &FileEntry) -> Vec<NewLine> {
        self.file.lines[entry.lines.clone()].iter().filter_map(|line| self.line(line)).collect()
    }

    fn line(&self, line: &FileLine) -> Option<NewLine> {
        let account = self.accounts[line.account as usize]?;
        let (dimensions, dimension_set) = self.combinations[line.combination as usize].clone()?;
        let more = line.more.as_deref().cloned().unwrap_or_default();
        let MoreOfLine { description, party, reference, tax_code, due_date, rate, company_amount } = more;
        Some(NewLine {
            account,
            amount: line.amount,
            currency: line.currency,
            rate,
            company_amount,
            dimensions,
            dimension_set,
            description,
            party,
            due_date,
            reference,
            tax_code,
        })
    }

    /// The entry as a draft; the label is its reference where the file gives none.
    pub fn draft(
        &self,
        entry: &FileEntry,
        id: JournalEntryId,
        journal_id: JournalId,
        lines: Vec<NewLine>,
    ) -> Result<DraftEntry, Vec<Violation>> {
        let label = Some(&entry.label).filter(|label| !label.is_empty());
        let currency = lines.first().and_then(|line| line.currency).unwrap_or(self.currency);
        let entry = NewEntry {
            id,
            journal_id,
            kind: if self.file.opening { EntryKind::Opening } else { EntryKind::Standard },
            posting_date: entry.date.unwrap_or_default(),
            document_date: entry.document_date,
            currency,
            description: entry.description.clone(),
            reference: entry.reference.as_ref().or(label).cloned(),
            control_reason: entry.control_reason.clone(),
            reverses: None,
            lines,
        };
        DraftEntry::new(entry, JOURNAL_LINES_MAX)
    }
}
