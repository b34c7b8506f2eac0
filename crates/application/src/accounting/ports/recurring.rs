//! Storage of recurring entries and invoices.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurring::{Recurring, Template};
use domain::ids::{Id, TenantId, UserId};
use uuid::Uuid;

use crate::accounting::views::recurring::{RecurringFailureView, RecurringOccurrenceView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

pub use crate::accounting::views::recurring::StoredRecurring;

/// How an occurrence ended that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnmadeOccurrence {
    /// The occurrence failed and is tried again from `retry_on` on.
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

/// An occurrence that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeOccurrence {
    pub date: NaiveDate,
    /// The id of the entry or document made.
    pub id: Uuid,
    /// Whether it failed before.
    pub failed_before: bool,
}

/// An occurrence that is due: the next one of what recurs, or one that failed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DueOccurrence {
    pub recurring_id: Uuid,
    pub date: NaiveDate,
}

#[async_trait]
pub trait RecurringRepository<T: Template>: Send {
    async fn find(&mut self, id: Id<T::Of>) -> StorageResult<Option<StoredRecurring<T>>>;
    async fn insert(&mut self, entry: &Recurring<T>) -> StorageResult<()>;
    /// Saves everything. MUST answer `false` when the stored version is not `entry.version - 1`: that is what keeps
    /// two runs from making the same occurrence.
    async fn update(&mut self, stored: &StoredRecurring<T>) -> StorageResult<bool>;
    /// MUST answer `false` when it is at another version.
    async fn delete(&mut self, id: Id<T::Of>, version: i64) -> StorageResult<bool>;
    /// Whether anything, draft or posted, was made from it.
    async fn was_used(&mut self, id: Id<T::Of>) -> StorageResult<bool>;
    /// The next occurrences, due by `through`, of active ones with fewer than [`FAILED_OCCURRENCES_MAX`](domain::accounting::recurring::FAILED_OCCURRENCES_MAX) failed ones;
    /// by date and id, after `(date, id)`, at most `limit`.
    async fn due_occurrences(
        &mut self,
        through: NaiveDate,
        after: (NaiveDate, Id<T::Of>),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>>;
    /// Failed occurrences of active ones that are to be tried again by `today`, in the same order.
    async fn occurrences_to_retry(
        &mut self,
        today: NaiveDate,
        after: (NaiveDate, Id<T::Of>),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>>;
    /// The failed occurrences of one, earliest first.
    async fn failed_occurrences(&mut self, id: Id<T::Of>) -> StorageResult<Vec<RecurringFailureView>>;
    /// Notes occurrences that were not made; each date is new.
    async fn insert_occurrences(
        &mut self,
        id: Id<T::Of>,
        occurrences: &[UnmadeOccurrence],
    ) -> StorageResult<()>;
    /// Replaces what is noted of the occurrence's date.
    async fn update_occurrence(&mut self, id: Id<T::Of>, occurrence: &UnmadeOccurrence) -> StorageResult<()>;
    /// Turns every failed occurrence into a skipped one.
    async fn skip_failed_occurrences(
        &mut self,
        id: Id<T::Of>,
        reason: &str,
        by: Option<UserId>,
    ) -> StorageResult<()>;
    /// Notes that an occurrence was made. MUST fail as retryable when it was made or noted by another transaction.
    async fn occurrence_made(&mut self, id: Id<T::Of>, made: MadeOccurrence) -> StorageResult<()>;
    /// Lets the background try the failed occurrences of one again at once.
    async fn retry_occurrences(&mut self, id: Id<T::Of>) -> StorageResult<()>;
}

/// Declares the list of what recurs: the fields that all kinds have, then those of one.
#[macro_export]
macro_rules! recurring_list {
    ($resource:literal, [$($more:expr),*], [$($expand:literal),*]) => {
        $crate::paging::ListSpec {
            resource: $resource,
            fields: &[
                $crate::paging::FieldSpec::new("id", $crate::paging::FieldKind::Id),
                $crate::paging::FieldSpec::new("code", $crate::paging::FieldKind::Text).sortable(),
                $crate::paging::FieldSpec::new("startDate", $crate::paging::FieldKind::Date),
                $crate::paging::FieldSpec::new("endDate", $crate::paging::FieldKind::Date).nullable(),
                $crate::paging::FieldSpec::new("nextDate", $crate::paging::FieldKind::Date).nullable(),
                $crate::paging::FieldSpec::new("autoPost", $crate::paging::FieldKind::Boolean),
                $crate::paging::FieldSpec::new("active", $crate::paging::FieldKind::Boolean),
                $crate::paging::FieldSpec::new("failedCount", $crate::paging::FieldKind::Integer),
                $($more,)*
            ],
            default_sort: &[("code", $crate::paging::Direction::Ascending)],
            expand: &[$($expand),*],
        }
    };
}

/// The list of occurrences, with the statuses that are kept.
pub const fn occurrence_list(resource: &'static str, fields: &'static [FieldSpec]) -> ListSpec {
    ListSpec { resource, fields, default_sort: &[("date", Direction::Ascending)], expand: &[] }
}

/// The fields by which occurrences of recurring entries are filtered and sorted.
pub const UNMADE_FIELDS: &[FieldSpec] = &[
    FieldSpec::new("date", FieldKind::Date).sortable(),
    FieldSpec::new("status", FieldKind::Word(&["failed", "skipped"])),
];

/// The fields of occurrences where those that were made are noted, too.
pub const RUN_FIELDS: &[FieldSpec] = &[
    FieldSpec::new("date", FieldKind::Date).sortable(),
    FieldSpec::new("status", FieldKind::Word(&["made", "failed", "skipped"])),
];

/// A recurring template with its views.
pub trait ShownRecurring: Template + Send + Sync + 'static {
    type View: Send + Sync;
    /// The view of an occurrence to come.
    type Upcoming: Send + Sync;
}

#[async_trait]
pub trait RecurringQueries<T: ShownRecurring>: Send + Sync {
    async fn one(&self, tenant: TenantId, id: Id<T::Of>) -> AppResult<Option<T::View>>;
    async fn list(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<T::View>>;
    /// Its occurrences that are noted; `None` without such a thing.
    async fn occurrences(
        &self,
        tenant: TenantId,
        id: Id<T::Of>,
        query: &ListQuery,
    ) -> AppResult<Option<Page<RecurringOccurrenceView>>>;
    /// The content of the next `count` of what it makes.
    async fn upcoming(
        &self,
        tenant: TenantId,
        id: Id<T::Of>,
        count: usize,
    ) -> AppResult<Option<Vec<T::Upcoming>>>;
}
