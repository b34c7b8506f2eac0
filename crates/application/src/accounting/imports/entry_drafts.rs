//! Turns an entry of the file into a draft, with everything resolved.

use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{
    DraftEntry, EntryKind, JOURNAL_LINES_MAX, LineDetails, NewEntry, NewLine,
};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionSetId, JournalEntryId, JournalId};
use domain::money::CurrencyCode;

use super::entry_file::{EntryFile, FileEntry, FileLine, MoreOfLine};
use super::opening;

/// The meaning of the codes of a file, by their index.
pub struct Resolution<'a> {
    pub file: &'a EntryFile,
    pub accounts: &'a [Option<AccountId>],
    pub combinations: &'a [Option<(DimensionCombination, DimensionSetId)>],
    /// The company currency.
    pub company: CurrencyCode,
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
        self.file.lines[entry.lines.clone()].iter().filter_map(|line| self.line(entry, line)).collect()
    }

    fn line(&self, entry: &FileEntry, line: &FileLine) -> Option<NewLine> {
        let account = self.accounts[line.account as usize]?;
        let (dimensions, dimension_set) = self.combinations[line.combination as usize].clone()?;
        let description = self.file.description(entry, line).map(str::to_owned);
        let reference = self.file.reference(entry, line).map(str::to_owned);
        let more = line.more.as_deref().cloned().unwrap_or_default();
        let MoreOfLine { details, rate, company_amount } = more;
        Some(NewLine {
            account,
            amount: line.amount,
            currency: line.currency,
            rate,
            company_amount,
            dimensions,
            dimension_set,
            details: LineDetails { description, reference, ..details },
        })
    }

    /// The currency of lines that name none: what the head of a whole entry says, or the company's. An entry all of
    /// whose rows name one currency is in that one.
    fn currency(&self, entry: &FileEntry) -> CurrencyCode {
        let mut lines = self.file.lines[entry.lines.clone()].iter().map(|line| line.currency);
        let first = lines.next().flatten().filter(|_| !self.file.opening);
        let shared = first.filter(|first| lines.all(|other| other == Some(*first)));
        entry.currency.or(shared).unwrap_or(self.company)
    }

    /// The number of the document behind the entry: its own, or what all its lines agree on, or its label.
    fn reference(&self, entry: &FileEntry) -> Option<String> {
        let mut lines = self.file.lines[entry.lines.clone()].iter();
        let shared =
            entry.line_reference.as_ref().filter(|_| !self.file.opening && lines.all(|line| line.refers));
        let label = Some(&entry.label).filter(|label| !label.is_empty());
        entry.reference.as_ref().or(shared).or(label).cloned()
    }

    /// The entry as a draft.
    pub fn draft(
        &self,
        entry: &FileEntry,
        posting_date: NaiveDate,
        (id, journal_id): (JournalEntryId, JournalId),
        lines: Vec<NewLine>,
    ) -> Result<DraftEntry, Vec<Violation>> {
        let mut description = entry.own_description().map(str::to_owned);
        let mut control_reason = entry.control_reason.clone();
        if self.file.opening {
            let text = description.get_or_insert_with(|| opening::DESCRIPTION.to_owned()).clone();
            // Opening balances are what control accounts are posted to by hand for.
            control_reason.get_or_insert(text);
        }
        let entry = NewEntry {
            id,
            journal_id,
            kind: if self.file.opening { EntryKind::Opening } else { EntryKind::Standard },
            posting_date,
            document_date: entry.document_date,
            currency: self.currency(entry),
            description,
            reference: self.reference(entry),
            control_reason,
            reverses: None,
            lines,
        };
        DraftEntry::new(entry, JOURNAL_LINES_MAX + usize::from(self.file.opening))
    }
}
