//! Jobs in storage.

use async_trait::async_trait;
use domain::ids::{JobId, TenantId, UserId};
use domain::time::Timestamp;
use uuid::Uuid;

use super::view::JobView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A job that begins now.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: JobId,
    pub kind: &'static str,
    /// The input of the job, a JSON document.
    pub input: String,
    pub total: Option<i64>,
    pub created_by: Option<UserId>,
    /// The process that runs it.
    pub runner: Uuid,
}

/// Jobs leave no audit rows: what they do does.
#[async_trait]
pub trait JobRepository: Send {
    async fn insert_running(&mut self, job: &NewJob) -> StorageResult<()>;
    /// Ends a running job with its result and answers whether it did; one that has ended stays as it is.
    async fn succeed(&mut self, id: JobId, result: &str, total: Option<i64>) -> StorageResult<bool>;
    /// Ends a running job as failed or cancelled; one that has ended stays as it is.
    async fn fail(&mut self, id: JobId, cancelled: bool, error: &str) -> StorageResult<()>;
    /// Notes that this process runs jobs until `expires_at`.
    async fn keep_runner(&mut self, runner: Uuid, expires_at: Timestamp) -> StorageResult<()>;
    /// Ends as failed, of every tenant, what has been running since before `named_before` in a process that is not known
    /// to live, and what has been running since before `unnamed_before` and names no process. Forgets the processes that
    /// are gone. `asking` is the process that looks: it lives. Answers how many jobs there were.
    async fn fail_abandoned(
        &mut self,
        error: &str,
        asking: Uuid,
        named_before: Timestamp,
        unnamed_before: Timestamp,
    ) -> StorageResult<u64>;
}

/// The fields by which `GET /jobs` filters and sorts.
pub static JOB_LIST: ListSpec = ListSpec {
    resource: "job",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["queued", "running", "succeeded", "failed", "cancelled"])),
        FieldSpec::new("type", FieldKind::Text),
        FieldSpec::new("createdBy", FieldKind::Id).nullable(),
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
