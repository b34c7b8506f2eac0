//! Bodies of recurring entries.

use application::accounting::entry_input::LineInput;
use application::accounting::recurring_entries::UPCOMING_MAX;
use chrono::NaiveDate;
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::accounting::recurring_entry::TEMPLATE_LINES_MAX;
use domain::ids::JournalId;
use domain::money::{CurrencyCode, Rate};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX, LocalizedName};

use super::super::entry_line::line_body;
use super::schedule::ScheduleBody;
use crate::wire::{Int, List, Optional, Patch, RequiredText, Text};
use crate::{query, request};

request! {
    /// A new recurring entry.
    pub struct CreateRecurringEntryBody {
        /// The code that people type.
        code: Code = "RENT",
        /// The name.
        name: LocalizedName,
        /// The schedule.
        schedule: ScheduleBody = { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
        /// The first day on which the entry may fall due.
        start_date: NaiveDate = "2026-01-01",
        /// The last day on which the entry may fall due; by default it goes on without end.
        end_date: Option<NaiveDate> = "2026-12-31",
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
        /// Whether due entries are posted instead of left as drafts. One that an approval policy matches is submitted for
        /// approval instead, in the name of the person who ordered it.
        auto_post: bool => false,
        /// Whether the entry falls due at all.
        active: bool => true,
    }

    /// Changes to a recurring entry (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateRecurringEntryBody {
        /// The code that people type.
        code: Optional<Code>,
        /// The name.
        name: Optional<LocalizedName>,
        /// The whole new schedule.
        schedule: Optional<ScheduleBody>,
        /// The first day on which the entry may fall due.
        start_date: Optional<NaiveDate>,
        /// The last day on which the entry may fall due; null if it goes on without end.
        end_date: Patch<NaiveDate>,
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
        /// Whether due entries are posted instead of left as drafts. One that an approval policy matches is submitted for
        /// approval instead, in the name of the person who ordered it.
        auto_post: Optional<bool>,
        /// Whether the entry falls due at all.
        active: Optional<bool>,
        /// Whether to give up every occurrence that is due by today or has failed. They are skipped, and `dropped` in
        /// the answer names them.
        drop_overdue: bool => false,
    }

    /// An occurrence to skip.
    pub struct SkipRecurringOccurrenceBody {
        /// The next occurrence or one that failed; by default the earliest of them.
        date: Option<NaiveDate> = "2026-05-05",
        /// The reason.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "No rent in May",
    }

    /// How far to run a recurring entry.
    pub struct RunRecurringEntryBody {
        /// The date by which occurrences must be due to be made; today by default.
        date: Option<NaiveDate>,
    }
}

query! {
    /// How much of the future to show.
    pub struct PreviewQuery {
        /// The number of entries to show.
        count: Int<1, { UPCOMING_MAX as i64 }> => 12,
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
