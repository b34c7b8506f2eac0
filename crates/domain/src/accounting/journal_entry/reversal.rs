//! New drafts out of posted entries: reversals (R4) and copies.

use chrono::NaiveDate;

use super::{
    DraftEntry, ENTRY_ALREADY_REVERSED, ENTRY_BELONGS_TO_DOCUMENT, ENTRY_IS_REVERSAL, EntryKind, EntrySource,
    LineDetails, NewEntry, NewLine, PostedEntry, PostedLine, REVERSAL_BEFORE_ENTRY, REVERSAL_NOT_COPIED,
    REVERSE_ON_NOT_LATER,
};
use crate::accounting::dimension::DimensionCombination;
use crate::error::Violation;
use crate::ids::{DimensionSetId, JournalEntryId};
use crate::text::{self, DESCRIPTION_LENGTH_MAX};

/// The day on which an accrual is taken back lies after its posting date (R151); at `/reverseOn`.
pub fn check_reverse_on(posting_date: NaiveDate, reverse_on: Option<NaiveDate>) -> Result<(), Violation> {
    match reverse_on {
        Some(given) if given <= posting_date => {
            let early = Violation::new(&REVERSE_ON_NOT_LATER).at("/reverseOn");
            Err(early.with("date", posting_date).with("given", given))
        }
        _ => Ok(()),
    }
}

impl PostedEntry {
    /// The entry that undoes this one: swapped sides at the original rates and company amounts (R4).
    ///
    /// The reason becomes its description and its reason for touching control accounts. The reversal of a
    /// year-close entry is again of kind closing, because only the closing period can take it back.
    pub fn reversal_draft(
        &self,
        new_id: JournalEntryId,
        date: NaiveDate,
        reason: &str,
    ) -> Result<DraftEntry, Violation> {
        if let Some(source) = self.header().source {
            let belongs = Violation::new(&ENTRY_BELONGS_TO_DOCUMENT).with("number", self.number());
            return Err(belongs.with_phrase("remedy", source.kind.remedy()));
        }
        self.reversed(new_id, date, reason)
    }

    /// The entry by which its document takes this one back, on the same day or later.
    pub fn document_reversal(
        &self,
        new_id: JournalEntryId,
        date: NaiveDate,
        reason: &str,
        source: EntrySource,
    ) -> Result<DraftEntry, Violation> {
        Ok(self.reversed(new_id, date, reason)?.of(source))
    }

    fn reversed(
        &self,
        new_id: JournalEntryId,
        date: NaiveDate,
        reason: &str,
    ) -> Result<DraftEntry, Violation> {
        let header = self.header();
        let refuse = |def| Violation::new(def).with("number", &header.number);
        if header.reverses.is_some() {
            return Err(refuse(&ENTRY_IS_REVERSAL));
        }
        if self.reversed_by().is_some() {
            return Err(refuse(&ENTRY_ALREADY_REVERSED));
        }
        if date < header.posting_date {
            return Err(refuse(&REVERSAL_BEFORE_ENTRY).at("/postingDate").with("date", header.posting_date));
        }
        let reason = text::required_text(reason, DESCRIPTION_LENGTH_MAX).map_err(|v| v.at("/reason"))?;
        let kind = if header.kind == EntryKind::Closing { EntryKind::Closing } else { EntryKind::Reversal };
        let entry = NewEntry {
            id: new_id,
            journal_id: header.journal_id,
            kind,
            posting_date: date,
            document_date: None,
            currency: header.currency,
            description: Some(reason.clone()),
            reference: Some(header.number.clone()),
            control_reason: Some(reason),
            reverses: Some(header.id),
            lines: self.lines().iter().map(reversed).collect(),
        };
        Ok(DraftEntry {
            entry,
            version: 1,
            reverses_opening: header.kind == EntryKind::Opening,
            source: None,
            tax_date: None,
        })
    }

    /// A new draft with the same lines, to be converted at the rates of its own date. `dimensions` gives the
    /// stored combination of a set.
    pub fn copy_draft(
        &self,
        new_id: JournalEntryId,
        date: NaiveDate,
        dimensions: &dyn Fn(DimensionSetId) -> DimensionCombination,
    ) -> Result<DraftEntry, Violation> {
        let header = self.header();
        if header.reverses.is_some() {
            return Err(Violation::new(&REVERSAL_NOT_COPIED).with("number", &header.number));
        }
        // Year-close and revaluation entries are computed, so a copy by hand is an ordinary entry.
        let kind = if header.kind == EntryKind::Opening { EntryKind::Opening } else { EntryKind::Standard };
        let lines = self.lines().iter().filter(|line| !line.rounding).map(|line| {
            let line = line.clone().into_draft();
            let details = LineDetails { due_date: None, ..line.details };
            let dimensions = dimensions(line.dimension_set);
            NewLine { rate: None, company_amount: None, dimensions, details, ..line }
        });
        let entry = NewEntry {
            id: new_id,
            journal_id: header.journal_id,
            kind,
            posting_date: date,
            document_date: None,
            currency: header.currency,
            description: header.description.clone(),
            reference: header.reference.clone(),
            control_reason: header.control_reason.clone(),
            reverses: None,
            lines: lines.collect(),
        };
        Ok(DraftEntry { entry, version: 1, reverses_opening: false, source: None, tax_date: None })
    }
}

fn reversed(line: &PostedLine) -> NewLine {
    let line = line.clone().into_draft();
    NewLine { amount: line.amount.opposite(), ..line }
}
