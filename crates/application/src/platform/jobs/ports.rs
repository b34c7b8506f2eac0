//! Jobs in storage.

use async_trait::async_trait;
use domain::ids::{JobId, TenantId, UserId};

use super::view::JobView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A job that begins now.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: JobId,
    pub kind: &'static str,
    /// What was asked for, a JSON document.
    pub input: String,
    pub total: Option<i64>,
    pub created_by: Option<UserId>,
}

/// Jobs leave no audit rows: what they do does.
#[async_trait]
pub trait JobRepository: Send {
    async fn insert_running(&mut self, job: &NewJob) -> StorageResult<()>;
    /// Ends a running job with its result; one that has ended stays as it is.
    async fn succeed(&mut self, id: JobId, result: &str, total: Option<i64>) -> StorageResult<()>;
    /// Ends a running job as failed or cancelled; one that has ended stays as it is.
    async fn fail(&mut self, id: JobId, cancelled: bool, error: &str) -> StorageResult<()>;
    /// Ends every unfinished job of every tenant as failed and answers how many there were.
    async fn fail_unfinished(&mut self, error: &str) -> StorageResult<u64>;
}

/// What `GET /jobs` filters and sorts by.
pub static JOB_LIST: ListSpec = ListSpec {
    resource: "job",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["queued", "running", "succeeded", "failed", "cancelled"])),
        FieldSpec::new("type", FieldKind::Text),
        FieldSpec::new("createdBy", FieldKind::Id),
        FieldSpec::new("createdAt", FieldKind::Timestamp),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait JobQueries: Send + Sync {
    /// As stored; the progress of one that runs is in the [`JobRegistry`](super::JobRegistry).
    async fn job(&self, tenant: TenantId, id: JobId) -> AppResult<Option<JobView>>;
    async fn jobs(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<JobView>>;
}
