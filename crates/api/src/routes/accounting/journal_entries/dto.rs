//! Bodies of journal entries.

use application::accounting::entry_input::LineInput;
use application::reference::Reference;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{LINES_MAX, REFERENCE_LENGTH_MAX};
use domain::ids::JournalId;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};

use super::super::entry_line::line_body;
use crate::request;
use crate::wire::{List, Optional, Paragraphs, Patch, Text};

/// Longest notes, in characters.
pub const NOTES_LENGTH_MAX: usize = 2_000;

request! {
    /// A new journal entry.
    pub struct CreateJournalEntryBody {
        /// The journal by id; or by code; the general journal when neither is given.
        journal_id: Option<JournalId>,
        /// The journal by code.
        journal_code: Option<Code> = "GENERAL",
        /// The date it counts for; lies in an open fiscal period.
        posting_date: NaiveDate = "2026-01-31",
        /// The date of the document behind it.
        document_date: Option<NaiveDate>,
        /// Of lines that name none; the company currency when left out.
        currency: Option<CurrencyCode> = "SAR",
        /// What happened.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Office rent January",
        /// Number of the document behind it.
        reference: Option<Text<REFERENCE_LENGTH_MAX>> = "INV-4711",
        /// For colleagues; may change after posting.
        notes: Option<Paragraphs<NOTES_LENGTH_MAX>>,
        /// Why control accounts (receivable, payable, inventory, VAT) are posted to by hand.
        control_reason: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// Debits and credits; they balance when the entry is posted.
        lines: List<JournalEntryLineBody, LINES_MAX>,
        /// Post at once.
        post: bool => false,
    }

    /// Changes to an entry (JSON Merge Patch): left out stays, null empties.
    pub struct UpdateJournalEntryBody {
        /// Another journal, by id.
        journal_id: Optional<JournalId>,
        /// Another journal, by code.
        journal_code: Optional<Code>,
        /// The date it counts for.
        posting_date: Optional<NaiveDate>,
        /// The date of the document behind it.
        document_date: Patch<NaiveDate>,
        /// Of lines that name none.
        currency: Optional<CurrencyCode>,
        /// What happened.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// Number of the document behind it.
        reference: Patch<Text<REFERENCE_LENGTH_MAX>>,
        /// For colleagues.
        notes: Patch<Paragraphs<NOTES_LENGTH_MAX>>,
        /// Why control accounts are posted to by hand.
        control_reason: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// All lines; they replace the ones before.
        lines: Optional<List<JournalEntryLineBody, LINES_MAX>>,
    }

    /// How to reverse an entry.
    pub struct ReverseJournalEntryBody {
        /// Not before the entry's own; today when left out.
        posting_date: Option<NaiveDate>,
        /// Becomes the description of the reversal.
        reason: crate::wire::RequiredText<DESCRIPTION_LENGTH_MAX> = "Posted twice",
    }

    /// How to copy an entry.
    pub struct CopyJournalEntryBody {
        /// Of the new draft; today when left out.
        posting_date: Option<NaiveDate>,
    }
}

line_body! {
    /// One line of an entry: an account and either a debit or a credit.
    pub struct JournalEntryLineBody {
        /// Company units for one unit of the currency; the rate of the posting date when left out.
        rate: Option<Rate>,
        /// The amount in the company currency; converted when left out.
        company_amount: Option<Amount>,
        /// The entry's description when left out.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// When it falls due.
        due_date: Option<NaiveDate>,
        /// Number of the document the line belongs to.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
    }
}

impl From<JournalEntryLineBody> for LineInput {
    fn from(line: JournalEntryLineBody) -> Self {
        let (company_amount, due_date) = (line.company_amount, line.due_date);
        Self { company_amount, due_date, ..line.common() }
    }
}

/// The journal by id or else by code.
pub fn journal(id: Option<JournalId>, code: Option<Code>) -> Option<Reference<JournalId>> {
    id.map(Reference::Id).or_else(|| code.map(|code| Reference::Code(code.into_string())))
}

pub fn lines(lines: List<JournalEntryLineBody, LINES_MAX>) -> Vec<LineInput> {
    lines.0.into_iter().map(LineInput::from).collect()
}
