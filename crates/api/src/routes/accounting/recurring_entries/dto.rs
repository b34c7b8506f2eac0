//! Bodies of recurring entries.

use application::accounting::entry_input::LineInput;
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::accounting::recurring_entry::TEMPLATE_LINES_MAX;
use domain::ids::JournalId;
use domain::money::{CurrencyCode, Rate};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};

use super::super::entry_line::line_body;
use super::super::recurring::recurring_bodies;
use crate::wire::{List, Optional, Patch, Text};

recurring_bodies! {
    /// A new recurring entry.
    pub struct CreateRecurringEntryBody {
        name: { "ar": "الإيجار", "en": "Rent" }, code: "RENT";
        /// The journal, by its id or its code; by default the general journal.
        journal_id: Option<JournalId>,
        /// The journal, by its code.
        journal_code: Option<Code> = "GENERAL",
        /// The currency of lines that do not name their own; by default the company currency.
        currency: Option<CurrencyCode> = "SAR",
        /// The description. It may contain `{date}`, `{month}` and `{year}`.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Office rent {month}/{year}",
        /// The reference. It may contain the same placeholders as `description`.
        reference: Option<Text<REFERENCE_LENGTH_MAX>> = "RENT-{year}-{month}",
        /// The reason for posting to control accounts by hand.
        control_reason: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The lines of each entry.
        lines: List<RecurringEntryLineBody, TEMPLATE_LINES_MAX, 2>,
    }

    /// Changes to a recurring entry (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateRecurringEntryBody {
        /// Another journal, by its id.
        journal_id: Optional<JournalId>,
        /// Another journal, by its code.
        journal_code: Optional<Code>,
        /// The currency of lines that do not name their own.
        currency: Optional<CurrencyCode>,
        /// The description. It may contain `{date}`, `{month}` and `{year}`.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The reference. It may contain the same placeholders as `description`.
        reference: Patch<Text<REFERENCE_LENGTH_MAX>>,
        /// The reason for posting to control accounts by hand.
        control_reason: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// All lines of the entry. They replace the existing lines.
        lines: Optional<List<RecurringEntryLineBody, TEMPLATE_LINES_MAX, 2>>,
    }
}

line_body! {
    /// One line of a template: an account and either a debit or a credit.
    pub struct RecurringEntryLineBody {
        /// Units of the company currency for one unit of the line's currency; by default the rate of each posting date.
        rate: Option<Rate>,
        /// The description. It may contain `{date}`, `{month}` and `{year}`.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The reference. It may contain `{date}`, `{month}` and `{year}`.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
    }
}

impl From<RecurringEntryLineBody> for LineInput {
    fn from(line: RecurringEntryLineBody) -> Self {
        line.common()
    }
}

pub fn lines<const MIN: usize>(
    lines: List<RecurringEntryLineBody, TEMPLATE_LINES_MAX, MIN>,
) -> Vec<LineInput> {
    lines.0.into_iter().map(LineInput::from).collect()
}
