//! Views of recurring entries and invoices.

use chrono::{NaiveDate, Weekday};
use domain::accounting::recurrence::Frequency;
use domain::accounting::recurring::{FAILED_OCCURRENCES_MAX, Recurring, Template};
use domain::error::{Language, Violation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most problems kept of a failed run.
pub const PROBLEMS_KEPT_MAX: usize = 20;

/// Declares the view of something that recurs: the members that all kinds have, then its own, which are made of what `new` is
/// given.
#[macro_export]
macro_rules! recurring_view {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident of $template:ident, new($stored:ident $(, $given:ident: $given_type:ty)*) {
            $($(#[$meta:meta])* $member:ident: $type:ty = $value:expr,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            pub id: uuid::Uuid,
            pub code: String,
            pub name: $crate::views::NameView,
            pub schedule: $crate::accounting::views::recurring::ScheduleView,
            pub start_date: chrono::NaiveDate,
            /// The last day on which it may fall due; null if it goes on without end.
            pub end_date: Option<chrono::NaiveDate>,
            /// The date of the next occurrence; null when there is none. A date in the past is overdue.
            pub next_date: Option<chrono::NaiveDate>,
            /// The day through which every occurrence was made, skipped or has failed; null before the first one.
            pub settled_through: Option<chrono::NaiveDate>,
            /// Whether what is due is posted instead of left as a draft.
            pub auto_post: bool,
            pub active: bool,
            /// The earliest failed occurrence and why it failed; null when none has failed.
            pub last_error: Option<$crate::accounting::views::recurring::RecurringFailureView>,
            /// The number of occurrences that have failed and were neither made nor skipped since. At 100 nothing more
            /// is made until there are fewer.
            pub failed_count: u32,
            /// The user who ordered it in its present form, by creating it or by last changing what it makes. The background
            /// job works in this user's name, and only while the user may do so. Null when unknown.
            pub ordered_by: Option<uuid::Uuid>,
            /// The API key that was used to order it; null if none was. If the key no longer exists or lacks the scopes,
            /// nothing is made.
            pub ordered_by_key: Option<uuid::Uuid>,
            pub version: i64,
            /// The occurrences that a change with `dropOverdue` gave up; present only in the answer to that change.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub dropped: Option<Vec<chrono::NaiveDate>>,
            $($(#[$meta])* pub $member: $type,)*
        }

        impl $name {
            pub fn new(
                $stored: &$crate::accounting::views::recurring::StoredRecurring<$template>,
                $($given: $given_type,)*
            ) -> Self {
                let entry = &$stored.entry;
                Self {
                    id: entry.id.uuid(),
                    code: entry.code.as_str().to_owned(),
                    name: $crate::views::NameView::from(&entry.name),
                    schedule: entry.recurrence.every().into(),
                    start_date: entry.recurrence.start(),
                    end_date: entry.recurrence.end(),
                    next_date: entry.next_date,
                    settled_through: entry.settled_through,
                    auto_post: entry.auto_post,
                    active: entry.active,
                    last_error: $stored.last_error.clone(),
                    failed_count: $stored.failed_count,
                    ordered_by: entry.ordered_by.map(|by| by.user.uuid()),
                    ordered_by_key: entry.ordered_by.and_then(|by| by.key).map(|key| key.uuid()),
                    version: entry.version,
                    dropped: None,
                    $($member: $value,)*
                }
            }
        }
    };
}

/// A recurring template with the failures of its occurrences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecurring<T: Template> {
    pub entry: Recurring<T>,
    /// The error of the earliest failed occurrence.
    pub last_error: Option<RecurringFailureView>,
    /// Occurrences that failed and were neither made nor skipped since.
    pub failed_count: u32,
}

impl<T: Template> StoredRecurring<T> {
    pub fn new(entry: Recurring<T>) -> Self {
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

/// An occurrence and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringOccurrenceView {
    pub date: NaiveDate,
    /// The status: `failed` or `skipped`, and of recurring invoices `made`, too.
    pub status: &'static str,
    /// The day of the last attempt, if the occurrence failed.
    pub attempted_on: Option<NaiveDate>,
    /// The reasons, if the occurrence failed.
    pub errors: Vec<RecurringProblemView>,
    /// The reason given, if the occurrence was skipped.
    pub reason: Option<String>,
    pub skipped_by: Option<Uuid>,
    /// The document that a recurring invoice made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_id: Option<Uuid>,
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// One reason for which an occurrence failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringProblemView {
    pub code: String,
    /// The place in what was to be made, as a JSON pointer.
    pub pointer: String,
    pub en: String,
    pub ar: String,
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
