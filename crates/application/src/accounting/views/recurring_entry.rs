//! Recurring entries as the API shows them.

use chrono::{NaiveDate, Weekday};
use domain::accounting::recurrence::Frequency;
use domain::accounting::recurring_entry::{FAILED_OCCURRENCES_MAX, RecurringEntry};
use domain::error::{Language, Violation};
use domain::ids::JournalEntryId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use super::journal_entry::{EntryLineView, JournalEntryView};

/// Most problems kept of a failed run.
pub const PROBLEMS_KEPT_MAX: usize = 20;

/// A template that becomes an entry each time it falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringEntryView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    pub schedule: ScheduleView,
    pub start_date: NaiveDate,
    /// The last day on which the entry may fall due; null if it goes on without end.
    pub end_date: Option<NaiveDate>,
    /// The date of the next occurrence; null when there is none. A date in the past is overdue.
    pub next_date: Option<NaiveDate>,
    /// The day through which every occurrence was made, skipped or has failed; null before the first one.
    pub settled_through: Option<NaiveDate>,
    /// Whether due entries are posted instead of left as drafts.
    pub auto_post: bool,
    pub active: bool,
    pub journal_id: Uuid,
    /// The currency of lines that do not name their own.
    pub currency: String,
    /// The description. It may contain `{date}`, `{month}` and `{year}`, which stand for parts of the posting date.
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    /// The earliest failed occurrence and why it failed; null when none has failed.
    pub last_error: Option<RecurringFailureView>,
    /// The number of occurrences that have failed and were neither made nor skipped since. At 100 the recurring entry
    /// stops until there are fewer.
    pub failed_count: u32,
    /// The user who ordered it in its present form, by creating it or by last changing what it makes. The background
    /// job makes its entries in this user's name, and only while the user may do so. Null when unknown.
    pub ordered_by: Option<Uuid>,
    /// The API key that was used to order it; null if none was. If the key no longer exists or lacks the scopes,
    /// nothing is made.
    pub ordered_by_key: Option<Uuid>,
    pub version: i64,
    /// The occurrences that a change with `dropOverdue` gave up; present only in the answer to that change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Vec<NaiveDate>>,
    /// The lines. Lists have them only with `expand=lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<EntryLineView>>,
}

/// A schedule. A day that a month does not have becomes its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleView {
    /// The frequency: `monthly`, `weekly` or `yearly`.
    pub frequency: &'static str,
    /// The number of months or weeks from one occurrence to the next.
    pub interval: u16,
    /// The day of the month, in a monthly schedule.
    pub day_of_month: Option<u8>,
    /// The weekday, `monday` to `sunday`, in a weekly schedule.
    pub weekday: Option<&'static str>,
    /// The month, in a yearly schedule.
    pub month: Option<u8>,
    pub day: Option<u8>,
}

/// An occurrence that failed, and why. It is tried again the next day, and does not hold up later ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringFailureView {
    /// The date of the occurrence that failed.
    pub date: NaiveDate,
    pub attempted_on: NaiveDate,
    pub errors: Vec<RecurringProblemView>,
}

/// An occurrence that was not made, because it failed or was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringOccurrenceView {
    pub date: NaiveDate,
    /// The status: `failed` or `skipped`.
    pub status: &'static str,
    /// The day of the last attempt, if the occurrence failed.
    pub attempted_on: Option<NaiveDate>,
    /// The reasons, if the occurrence failed.
    pub errors: Vec<RecurringProblemView>,
    /// The reason given, if the occurrence was skipped.
    pub reason: Option<String>,
    pub skipped_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// An occurrence that was skipped.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringSkipView {
    /// The date of the occurrence.
    pub date: NaiveDate,
    pub recurring_entry: RecurringEntryView,
}

/// One reason for which an occurrence failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringProblemView {
    pub code: String,
    /// The place in the entry, as a JSON pointer.
    pub pointer: String,
    pub en: String,
    pub ar: String,
}

/// An entry that will be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpcomingEntryView {
    pub posting_date: NaiveDate,
    pub description: Option<String>,
    pub reference: Option<String>,
}

/// The next entries of a recurring entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UpcomingEntriesView {
    pub items: Vec<UpcomingEntryView>,
}

/// The result of a run of a recurring entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringRunView {
    /// The entries, without their lines; empty when none was due.
    pub entries: Vec<JournalEntryView>,
    /// The occurrences that could not be made, with the reasons.
    pub failed: Vec<RecurringFailureView>,
    pub recurring_entry: RecurringEntryView,
}

/// The words of weekdays.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

impl From<Frequency> for ScheduleView {
    fn from(frequency: Frequency) -> Self {
        let none = Self {
            frequency: "yearly",
            interval: 1,
            day_of_month: None,
            weekday: None,
            month: None,
            day: None,
        };
        match frequency {
            Frequency::Monthly { day_of_month, interval } => {
                Self { frequency: "monthly", interval, day_of_month: Some(day_of_month), ..none }
            }
            Frequency::Weekly { weekday, interval } => {
                let word = WEEKDAYS.iter().find(|(_, day)| *day == weekday).map(|(word, _)| *word);
                Self { frequency: "weekly", interval, weekday: word, ..none }
            }
            Frequency::Yearly { month, day } => Self { month: Some(month), day: Some(day), ..none },
        }
    }
}

/// A recurring entry with what is wrong with its occurrences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecurringEntry {
    pub entry: RecurringEntry,
    /// The error of the earliest failed occurrence.
    pub last_error: Option<RecurringFailureView>,
    /// Occurrences that failed and were neither made nor skipped since.
    pub failed_count: u32,
}

impl StoredRecurringEntry {
    pub fn new(entry: RecurringEntry) -> Self {
        Self { entry, last_error: None, failed_count: 0 }
    }

    /// After the next occurrence was made or skipped; what failed before stays failed.
    #[must_use]
    pub fn advance(self) -> Self {
        // A row of an earlier version has the failure of its next occurrence, and counts none.
        let last_error = self.last_error.filter(|_| self.failed_count > 0);
        Self { entry: self.entry.advance(), last_error, ..self }
    }

    /// The date that is due by `through`, unless too many occurrences failed already.
    pub fn due(&self, through: NaiveDate) -> Option<NaiveDate> {
        self.entry.due(through).filter(|_| self.failed_count < FAILED_OCCURRENCES_MAX)
    }
}

impl RecurringEntryView {
    pub fn new(stored: &StoredRecurringEntry, lines: Option<Vec<EntryLineView>>) -> Self {
        let entry = &stored.entry;
        let template = &entry.template;
        Self {
            id: entry.id.uuid(),
            code: entry.code.as_str().to_owned(),
            name: NameView::from(&entry.name),
            schedule: entry.recurrence.every().into(),
            start_date: entry.recurrence.start(),
            end_date: entry.recurrence.end(),
            next_date: entry.next_date,
            settled_through: entry.settled_through,
            auto_post: entry.auto_post,
            active: entry.active,
            journal_id: template.journal_id.uuid(),
            currency: template.currency.to_string(),
            description: template.description.clone(),
            reference: template.reference.clone(),
            control_reason: template.control_reason.clone(),
            last_error: stored.last_error.clone(),
            failed_count: stored.failed_count,
            ordered_by: entry.ordered_by.map(|by| by.user.uuid()),
            ordered_by_key: entry.ordered_by.and_then(|by| by.key).map(|key| key.uuid()),
            version: entry.version,
            dropped: None,
            lines,
        }
    }
}

impl UpcomingEntryView {
    /// The next `count` entries.
    pub fn of(entry: &RecurringEntry, count: usize) -> Vec<Self> {
        let view = |date| {
            let made = entry.entry_on(date, JournalEntryId::new(Uuid::nil()));
            Self { posting_date: date, description: made.description, reference: made.reference }
        };
        entry.upcoming(count).into_iter().map(view).collect()
    }
}

impl RecurringFailureView {
    pub fn new(date: NaiveDate, attempted_on: NaiveDate, violations: &[Violation]) -> Self {
        let problem = |violation: &Violation| RecurringProblemView {
            code: violation.def.code.to_owned(),
            pointer: violation.pointer.clone(),
            en: violation.text(Language::English),
            ar: violation.text(Language::Arabic),
        };
        let errors = violations.iter().take(PROBLEMS_KEPT_MAX).map(problem).collect();
        Self { date, attempted_on, errors }
    }
}
