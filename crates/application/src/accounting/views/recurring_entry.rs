//! Recurring entries as the API shows them.

use chrono::NaiveDate;
use domain::accounting::recurring_entry::{EntryTemplate, RecurringEntry};
use domain::ids::JournalEntryId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::journal_entry::{EntryLineView, JournalEntryView};
use super::recurring::RecurringFailureView;
use crate::recurring_view;

recurring_view! {
    /// A template that becomes an entry each time it falls due.
    pub struct RecurringEntryView of EntryTemplate, new(stored, lines: Option<Vec<EntryLineView>>) {
        journal_id: Uuid = stored.entry.template.journal_id.uuid(),
        /// The currency of lines that do not name their own.
        currency: String = stored.entry.template.currency.to_string(),
        /// The description. It may contain `{date}`, `{month}` and `{year}`, which stand for parts of the posting date.
        description: Option<String> = stored.entry.template.description.clone(),
        reference: Option<String> = stored.entry.template.reference.clone(),
        control_reason: Option<String> = stored.entry.template.control_reason.clone(),
        /// The lines. Lists have them only with `expand=lines`.
        #[serde(skip_serializing_if = "Option::is_none")]
        lines: Option<Vec<EntryLineView>> = lines,
    }
}

/// An occurrence that was skipped.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringSkipView {
    /// The date of the occurrence.
    pub date: NaiveDate,
    pub recurring_entry: RecurringEntryView,
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
