//! Master data in storage.

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::text::Code;

use super::{MasterData, ParentOf};
use crate::error::AppResult;
use crate::paging::{ListQuery, Page};
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

/// The records of one resource within a unit of work.
#[async_trait]
pub trait Records<R: MasterData>: Send {
    /// The record, whatever it lies below.
    async fn find(&mut self, key: R::Key) -> StorageResult<Option<Stored<R>>>;

    /// The record with exactly this code; `None` for resources without a code.
    async fn by_code(&mut self, parent: ParentOf<R>, code: &str) -> StorageResult<Option<R::Key>>;

    /// Whether another record than `own`, below the same parent, has the code, in whatever letter case. Adapters MAY tell
    /// letters beyond ASCII by their case. `false` for resources without a code.
    async fn code_taken(&mut self, code: &Code, own: R::Key) -> StorageResult<bool>;

    /// `true` for resources that lie below nothing.
    async fn parent_exists(&mut self, parent: ParentOf<R>) -> StorageResult<bool>;

    /// The resources that refer to the record, by the names people know them by.
    async fn used_by(&mut self, key: R::Key) -> StorageResult<Vec<&'static str>>;

    async fn insert(&mut self, record: &R) -> StorageResult<()>;

    /// Replaces what is stored at the version before `record`'s. MUST answer `false` when it is at another.
    async fn update(&mut self, record: &R) -> StorageResult<bool>;

    /// MUST answer `false` when there is no record with this key and version.
    async fn delete(&mut self, key: R::Key, version: i64) -> StorageResult<bool>;
}

/// The records of one resource for whoever only reads.
#[async_trait]
pub trait Reads<R: MasterData>: Send + Sync {
    async fn one(&self, tenant: TenantId, key: R::Key) -> AppResult<Option<Stored<R>>>;

    /// The records below the parent, or `None` when there is no such parent.
    async fn page(
        &self,
        tenant: TenantId,
        parent: ParentOf<R>,
        query: &ListQuery,
    ) -> AppResult<Option<Page<R::View>>>;
}
