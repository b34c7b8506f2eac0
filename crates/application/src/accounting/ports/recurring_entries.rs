//! Recurring entries in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring_entry::RecurringEntry;
use domain::ids::{JournalId, RecurringEntryId, TenantId};

use crate::accounting::views::recurring_entry::{
    RecurringEntryView, RecurringFailureView, UpcomingEntryView,
};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A recurring entry with what went wrong when it was last due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecurringEntry {
    pub entry: RecurringEntry,
    pub last_error: Option<RecurringFailureView>,
}

/// One that falls due.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DueRecurringEntry {
    pub id: uuid::Uuid,
    pub next_date: NaiveDate,
    /// The day of the last attempt, if it failed.
    pub failed_on: Option<NaiveDate>,
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
    async fn journal_exists(&mut self, id: JournalId) -> StorageResult<bool>;
    /// Active entries due by `through`, by date and id, after `(date, id)`, at most `limit`.
    async fn due_recurring_entries(
        &mut self,
        through: NaiveDate,
        after: (NaiveDate, RecurringEntryId),
        limit: u32,
    ) -> StorageResult<Vec<DueRecurringEntry>>;
}

/// What `GET /recurring-entries` filters and sorts by.
pub static RECURRING_ENTRY_LIST: ListSpec = ListSpec {
    resource: "recurring_entry",
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("startDate", FieldKind::Date),
        FieldSpec::new("endDate", FieldKind::Date),
        FieldSpec::new("nextDate", FieldKind::Date),
        FieldSpec::new("autoPost", FieldKind::Boolean),
        FieldSpec::new("active", FieldKind::Boolean),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &["lines"],
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
    /// What its next `count` entries would say.
    async fn upcoming_entries(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
        count: usize,
    ) -> AppResult<Option<Vec<UpcomingEntryView>>>;
}
