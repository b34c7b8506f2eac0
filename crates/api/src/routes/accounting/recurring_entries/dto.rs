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
        /// The code people type.
        code: Code = "RENT",
        /// What people call it.
        name: LocalizedName,
        /// When it falls due.
        schedule: ScheduleBody = { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
        /// The first day on which it may fall due.
        start_date: NaiveDate = "2026-01-01",
        /// The last day on which it may fall due; it goes on when left out.
        end_date: Option<NaiveDate> = "2026-12-31",
        /// The journal by id; or by code; the general journal when neither is given.
        journal_id: Option<JournalId>,
        /// The journal by code.
        journal_code: Option<Code> = "GENERAL",
        /// Of lines that name none; the company currency when left out.
        currency: Option<CurrencyCode> = "SAR",
        /// May hold `{date}`, `{month}` and `{year}`.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Office rent {month}/{year}",
        /// May hold the same.
        reference: Option<Text<REFERENCE_LENGTH_MAX>> = "RENT-{year}-{month}",
        /// Why control accounts are posted to by hand.
        control_reason: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The lines of each entry.
        lines: List<RecurringEntryLineBody, TEMPLATE_LINES_MAX, 2>,
        /// Post what falls due instead of leaving a draft.
        auto_post: bool => false,
        /// Whether it falls due at all.
        active: bool => true,
    }

    /// Changes to a recurring entry (JSON Merge Patch): left out stays, null empties.
    pub struct UpdateRecurringEntryBody {
        /// The code people type.
        code: Optional<Code>,
        /// What people call it.
        name: Optional<LocalizedName>,
        /// When it falls due, as a whole.
        schedule: Optional<ScheduleBody>,
        /// The first day on which it may fall due.
        start_date: Optional<NaiveDate>,
        /// The last day on which it may fall due; null goes on.
        end_date: Patch<NaiveDate>,
        /// Another journal, by id.
        journal_id: Optional<JournalId>,
        /// Another journal, by code.
        journal_code: Optional<Code>,
        /// Of lines that name none.
        currency: Optional<CurrencyCode>,
        /// May hold `{date}`, `{month}` and `{year}`.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// May hold the same.
        reference: Patch<Text<REFERENCE_LENGTH_MAX>>,
        /// Why control accounts are posted to by hand.
        control_reason: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// All lines; they replace the ones before.
        lines: Optional<List<RecurringEntryLineBody, TEMPLATE_LINES_MAX, 2>>,
        /// Post what falls due instead of leaving a draft.
        auto_post: Optional<bool>,
        /// Whether it falls due at all.
        active: Optional<bool>,
        /// Give up what is due by today or has failed: it is skipped, and the answer names it in `dropped`.
        drop_overdue: bool => false,
    }

    /// An occurrence that is not to be made.
    pub struct SkipRecurringOccurrenceBody {
        /// The next occurrence, or one that failed; the earliest of them when left out.
        date: Option<NaiveDate> = "2026-05-05",
        /// Why.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "No rent in May",
    }

    /// How far to run.
    pub struct RunRecurringEntryBody {
        /// Makes everything that falls due by then; today when left out.
        date: Option<NaiveDate>,
    }
}

query! {
    /// How much of the future to show.
    pub struct PreviewQuery {
        /// How many entries.
        count: Int<1, { UPCOMING_MAX as i64 }> => 12,
    }
}

line_body! {
    /// One line of a template: an account and either a debit or a credit.
    pub struct RecurringEntryLineBody {
        /// Company units for one unit of the currency; the rate of each posting date when left out.
        rate: Option<Rate>,
        /// May hold `{date}`, `{month}` and `{year}`.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// May hold `{date}`, `{month}` and `{year}`.
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
