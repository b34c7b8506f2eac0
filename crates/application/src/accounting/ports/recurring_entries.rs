//! Recurring entries in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring_entry::RecurringEntry;
use domain::ids::{RecurringEntryId, TenantId, UserId};

use crate::accounting::views::recurring_entry::{
    RecurringEntryView, RecurringFailureView, RecurringOccurrenceView, UpcomingEntryView,
};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

pub use crate::accounting::views::recurring_entry::StoredRecurringEntry;

/// How an occurrence ended that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnmadeOccurrence {
    /// It is tried again from `retry_on` on.
    Failed {
        failure: RecurringFailureView,
        retry_on: NaiveDate,
    },
    Skipped {
        date: NaiveDate,
        reason: String,
        by: Option<UserId>,
    },
}

/// An occurrence that is due: the next one of a recurring entry, or one that failed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DueOccurrence {
    pub recurring_entry_id: uuid::Uuid,
    pub date: NaiveDate,
}

#[async_trait]
pub trait RecurringEntryRepository: Send {
    async fn find_recurring_entry(
        &mut self,
        id: RecurringEntryId,
    ) -> StorageResult<Option<StoredRecurringEntry>>;
    /// The entry of this code.
    async fn recurring_entry_by_code(&mut self, code: &str) -> StorageResult<Option<RecurringEntryId>>;
    async fn insert_recurring_entry(&mut self, entry: &RecurringEntry) -> StorageResult<()>;
    /// Saves everything. MUST answer `false` when the stored version is not `entry.version - 1`: that is what keeps
    /// two runs from making the same occurrence.
    async fn update_recurring_entry(&mut self, stored: &StoredRecurringEntry) -> StorageResult<bool>;
    /// MUST answer `false` when it is at another version.
    async fn delete_recurring_entry(&mut self, id: RecurringEntryId, version: i64) -> StorageResult<bool>;
    /// Whether a journal entry, draft or posted, was made from it.
    async fn recurring_entry_was_used(&mut self, id: RecurringEntryId) -> StorageResult<bool>;
    /// The next occurrences, due by `through`, of active entries with fewer than
    /// [`FAILED_OCCURRENCES_MAX`](domain::accounting::recurring_entry::FAILED_OCCURRENCES_MAX) failed ones;
    /// by date and id, after `(date, id)`, at most `limit`.
    async fn due_occurrences(
        &mut self,
        through: NaiveDate,
        after: (NaiveDate, RecurringEntryId),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>>;
    /// Failed occurrences of active entries that are to be tried again by `today`, in the same order.
    async fn occurrences_to_retry(
        &mut self,
        today: NaiveDate,
        after: (NaiveDate, RecurringEntryId),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>>;
    /// The failed occurrences of one entry, earliest first.
    async fn failed_occurrences(&mut self, id: RecurringEntryId) -> StorageResult<Vec<RecurringFailureView>>;
    /// Notes occurrences that were not made; each date is new.
    async fn insert_occurrences(
        &mut self,
        id: RecurringEntryId,
        occurrences: &[UnmadeOccurrence],
    ) -> StorageResult<()>;
    /// Replaces what is noted of the occurrence's date.
    async fn update_occurrence(
        &mut self,
        id: RecurringEntryId,
        occurrence: &UnmadeOccurrence,
    ) -> StorageResult<()>;
    /// Turns every failed occurrence of an entry into a skipped one.
    async fn skip_failed_occurrences(
        &mut self,
        id: RecurringEntryId,
        reason: &str,
        by: Option<UserId>,
    ) -> StorageResult<()>;
    /// Forgets a failed occurrence, because it was made.
    async fn remove_occurrence(&mut self, id: RecurringEntryId, date: NaiveDate) -> StorageResult<()>;
    /// Lets the background try the failed occurrences of an entry again at once.
    async fn retry_occurrences(&mut self, id: RecurringEntryId) -> StorageResult<()>;
}

/// The fields by which `GET /recurring-entries` filters and sorts.
pub static RECURRING_ENTRY_LIST: ListSpec = ListSpec {
    resource: "recurring_entry",
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("startDate", FieldKind::Date),
        FieldSpec::new("endDate", FieldKind::Date).nullable(),
        FieldSpec::new("nextDate", FieldKind::Date).nullable(),
        FieldSpec::new("autoPost", FieldKind::Boolean),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("failedCount", FieldKind::Integer),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &["lines"],
};

/// The fields by which `GET /recurring-entries/{id}/occurrences` filters and sorts.
pub static OCCURRENCE_LIST: ListSpec = ListSpec {
    resource: "recurring_occurrence",
    fields: &[
        FieldSpec::new("date", FieldKind::Date).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["failed", "skipped"])),
    ],
    default_sort: &[("date", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait RecurringEntryQueries: Send + Sync {
    /// With its lines.
    async fn recurring_entry(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
    ) -> AppResult<Option<RecurringEntryView>>;
    async fn recurring_entries(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<RecurringEntryView>>;
    /// Its occurrences that failed or were skipped; `None` without such an entry.
    async fn recurring_occurrences(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
        query: &ListQuery,
    ) -> AppResult<Option<Page<RecurringOccurrenceView>>>;
    /// The content of its next `count` entries.
    async fn upcoming_entries(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
        count: usize,
    ) -> AppResult<Option<Vec<UpcomingEntryView>>>;
}
