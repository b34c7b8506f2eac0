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
        /// The journal, by its id or its code; by default the general journal.
        journal_id: Option<JournalId>,
        /// The journal, by its code.
        journal_code: Option<Code> = "GENERAL",
        /// The posting date, which must lie in an open fiscal period.
        posting_date: NaiveDate = "2026-01-31",
        /// The date of the underlying document.
        document_date: Option<NaiveDate>,
        /// The day on which an accrual is taken back. Posting the entry posts its reversal of that day, too, in the same
        /// transaction; the two are linked like any entry and its reversal.
        reverse_on: Option<NaiveDate> = "2026-02-01",
        /// The currency of lines that do not name their own; by default the company currency.
        currency: Option<CurrencyCode> = "SAR",
        /// A description of the transaction.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Office rent January",
        /// The number of the underlying document.
        reference: Option<Text<REFERENCE_LENGTH_MAX>> = "INV-4711",
        /// Internal notes for colleagues; may change after posting.
        notes: Option<Paragraphs<NOTES_LENGTH_MAX>>,
        /// The reason for posting to control accounts (receivable, payable, inventory, VAT) by hand.
        control_reason: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The debits and credits. They must balance when the entry is posted.
        lines: List<JournalEntryLineBody, LINES_MAX>,
        /// Whether to post the entry at once.
        post: bool => false,
    }

    /// Changes to a journal entry (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateJournalEntryBody {
        /// Another journal, by its id.
        journal_id: Optional<JournalId>,
        /// Another journal, by its code.
        journal_code: Optional<Code>,
        /// The posting date.
        posting_date: Optional<NaiveDate>,
        /// The date of the underlying document.
        document_date: Patch<NaiveDate>,
        /// The day on which an accrual is taken back, after the posting date.
        reverse_on: Patch<NaiveDate>,
        /// The currency of lines that do not name their own.
        currency: Optional<CurrencyCode>,
        /// A description of the transaction.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The number of the underlying document.
        reference: Patch<Text<REFERENCE_LENGTH_MAX>>,
        /// Internal notes for colleagues.
        notes: Patch<Paragraphs<NOTES_LENGTH_MAX>>,
        /// The reason for posting to control accounts by hand.
        control_reason: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// All lines of the entry. They replace the existing lines.
        lines: Optional<List<JournalEntryLineBody, LINES_MAX>>,
    }

    /// Options for reversing an entry.
    pub struct ReverseJournalEntryBody {
        /// The posting date of the reversal, not before that of the entry; today by default.
        posting_date: Option<NaiveDate>,
        /// The reason, which becomes the description of the reversal.
        reason: crate::wire::RequiredText<DESCRIPTION_LENGTH_MAX> = "Posted twice",
    }

    /// Options for copying an entry.
    pub struct CopyJournalEntryBody {
        /// The posting date of the new draft; today by default.
        posting_date: Option<NaiveDate>,
    }
}

line_body! {
    /// One line of an entry: an account and either a debit or a credit.
    pub struct JournalEntryLineBody {
        /// Units of the company currency for one unit of the line's currency; by default the rate of the posting date.
        rate: Option<Rate>,
        /// The amount in the company currency; by default converted at the rate.
        company_amount: Option<Amount>,
        /// The description of the line; by default that of the entry.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The due date.
        due_date: Option<NaiveDate>,
        /// The number of the document that the line belongs to.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
    }
}

impl From<JournalEntryLineBody> for LineInput {
    fn from(line: JournalEntryLineBody) -> Self {
        let (company_amount, due_date) = (line.company_amount, line.due_date);
        let mut input = line.common();
        input.company_amount = company_amount;
        input.details.due_date = due_date;
        input
    }
}

/// The journal by id or else by code.
pub fn journal(id: Option<JournalId>, code: Option<Code>) -> Option<Reference<JournalId>> {
    id.map(Reference::Id).or_else(|| code.map(|code| Reference::Code(code.into_string())))
}

pub fn lines(lines: List<JournalEntryLineBody, LINES_MAX>) -> Vec<LineInput> {
    lines.0.into_iter().map(LineInput::from).collect()
}
