//! Recurring entries as the API shows them.

use chrono::{NaiveDate, Weekday};
use domain::accounting::recurrence::Frequency;
use domain::accounting::recurring_entry::RecurringEntry;
use domain::error::{Language, Violation};
use domain::ids::JournalEntryId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use super::journal_entry::{EntryLineView, JournalEntryView};
use crate::accounting::ports::recurring_entries::StoredRecurringEntry;

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
    /// The last day on which it may fall due; null goes on.
    pub end_date: Option<NaiveDate>,
    /// When it falls due next; null when never again. A date in the past is overdue.
    pub next_date: Option<NaiveDate>,
    /// Every occurrence through this day was made, skipped or has failed; null before the first.
    pub settled_through: Option<NaiveDate>,
    /// Posts what falls due instead of leaving a draft.
    pub auto_post: bool,
    pub active: bool,
    pub journal_id: Uuid,
    /// Of lines that name none.
    pub currency: String,
    /// May hold `{date}`, `{month}` and `{year}` of the posting date.
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    /// Why the earliest of its failed occurrences could not be made; null when none has failed.
    pub last_error: Option<RecurringFailureView>,
    /// Occurrences that failed and were neither made nor skipped since. At 100 it makes no more until there are fewer.
    pub failed_count: u32,
    /// The user who ordered it as it is: who created it, or last changed what it makes. The background makes its entries
    /// in this person's name, and only while the person may. Null when unknown.
    pub ordered_by: Option<Uuid>,
    /// The API key with which it was ordered: without the key, or beyond its scopes, nothing is made.
    pub ordered_by_key: Option<Uuid>,
    pub version: i64,
    /// The occurrences given up by a change with `dropOverdue`; only in the answer to that change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Vec<NaiveDate>>,
    /// In lists only with `expand=lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<EntryLineView>>,
}

/// When it falls due. A day that a month does not have becomes its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleView {
    /// `monthly`, `weekly` or `yearly`.
    pub frequency: &'static str,
    /// Every how many months or weeks.
    pub interval: u16,
    /// Of a monthly schedule.
    pub day_of_month: Option<u8>,
    /// Of a weekly schedule: `monday` to `sunday`.
    pub weekday: Option<&'static str>,
    /// Of a yearly schedule, with `day`.
    pub month: Option<u8>,
    pub day: Option<u8>,
}

/// Why an occurrence could not be made. It is tried again the next day, and does not hold up the later ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringFailureView {
    /// The occurrence that failed.
    pub date: NaiveDate,
    pub attempted_on: NaiveDate,
    pub errors: Vec<RecurringProblemView>,
}

/// An occurrence that was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringOccurrenceView {
    pub date: NaiveDate,
    /// `failed` or `skipped`.
    pub status: &'static str,
    /// Of a failed one: the day of the last attempt.
    pub attempted_on: Option<NaiveDate>,
    /// Of a failed one: why.
    pub errors: Vec<RecurringProblemView>,
    /// Of a skipped one: why, in the words of whoever skipped it.
    pub reason: Option<String>,
    pub skipped_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// An occurrence that was skipped.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringSkipView {
    /// The occurrence.
    pub date: NaiveDate,
    pub recurring_entry: RecurringEntryView,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringProblemView {
    pub code: String,
    /// Where in the entry, as a JSON pointer.
    pub pointer: String,
    pub en: String,
    pub ar: String,
}

/// One entry to come.
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

/// What a run made.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringRunView {
    /// The entries, without their lines; empty when nothing was due.
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
