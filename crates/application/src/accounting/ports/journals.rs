//! Journals in storage.

use async_trait::async_trait;
use domain::accounting::journal::Journal;
use domain::ids::{JournalId, TenantId};

use super::stored::Stored;
use crate::accounting::views::journal::JournalView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait JournalRepository: Send {
    async fn find(&mut self, id: JournalId) -> StorageResult<Option<Stored<Journal>>>;
    /// The resources that refer to a journal, by name.
    async fn users(&mut self, id: JournalId) -> StorageResult<Vec<&'static str>>;
    async fn insert(&mut self, journal: &Journal) -> StorageResult<()>;
    /// Replaces the journal stored at `journal.version - 1`. MUST answer `false` when it is at another.
    async fn update(&mut self, journal: &Journal) -> StorageResult<bool>;
    /// MUST answer `false` when there is no journal with this id and version.
    async fn delete(&mut self, id: JournalId, version: i64) -> StorageResult<bool>;
}

/// What `GET /journals` filters and sorts by.
pub static JOURNAL_LIST: ListSpec = ListSpec {
    resource: "journal",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("name", FieldKind::Search),
        FieldSpec::new(
            "kind",
            FieldKind::Word(&["general", "sales", "purchase", "bank", "cash", "opening", "closing"]),
        ),
        FieldSpec::new("numberSeriesId", FieldKind::Id),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait JournalQueries: Send + Sync {
    async fn journal(&self, tenant: TenantId, id: JournalId) -> AppResult<Option<JournalView>>;
    async fn journals(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<JournalView>>;
}
