//! Locks and the exceptions to them in storage.

use async_trait::async_trait;
use domain::accounting::lock::{LockException, LockKind, Locks};
use domain::ids::{LockExceptionId, TenantId, UserId};
use domain::time::Timestamp;

use crate::accounting::views::lock::{LockExceptionView, LockView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// The facts that storage keeps of an exception beside its business content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLockException {
    pub exception: LockException,
    pub revoked_at: Option<Timestamp>,
    pub created_by: Option<UserId>,
    pub version: i64,
}

impl From<&StoredLockException> for LockExceptionView {
    fn from(stored: &StoredLockException) -> Self {
        let exception = &stored.exception;
        Self {
            id: exception.id.uuid(),
            kind: exception.kind.as_str(),
            user_id: exception.user_id.uuid(),
            reason: exception.reason.clone(),
            starts_at: exception.starts.to_string(),
            expires_at: exception.expires_at.to_string(),
            revoked_at: stored.revoked_at.map(|at| at.to_string()),
            created_by: stored.created_by.map(|user| user.uuid()),
            version: stored.version,
        }
    }
}

#[async_trait]
pub trait LockRepository: Send {
    async fn locks(&mut self) -> StorageResult<Locks>;
    /// The version of one lock; 0 when it was never set.
    async fn lock_version(&mut self, kind: LockKind) -> StorageResult<i64>;
    /// Stores the date of one lock, one version after `version`. MUST answer `false` when it is at another.
    async fn set_lock(&mut self, kind: LockKind, locks: &Locks, version: i64) -> StorageResult<bool>;
    /// Whether the user belongs to the tenant.
    async fn is_member(&mut self, user: UserId) -> StorageResult<bool>;
    async fn find_lock_exception(
        &mut self,
        id: LockExceptionId,
    ) -> StorageResult<Option<StoredLockException>>;
    async fn insert_lock_exception(&mut self, stored: &StoredLockException) -> StorageResult<()>;
    /// Ends an exception now; its row stays. MUST answer `false` when it is at another version or has ended so.
    async fn revoke_lock_exception(&mut self, id: LockExceptionId, version: i64) -> StorageResult<bool>;
}

/// The fields by which `GET /lock-exceptions` filters and sorts.
pub static LOCK_EXCEPTION_LIST: ListSpec = ListSpec {
    resource: "lock_exception",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("kind", FieldKind::Word(&["fiscal", "sales", "purchase", "tax"])),
        FieldSpec::new("userId", FieldKind::Id),
        FieldSpec::new("expiresAt", FieldKind::Timestamp).sortable(),
        FieldSpec::new("revokedAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("createdAt", FieldKind::Timestamp),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait LockQueries: Send + Sync {
    /// One view for each kind, those never set included.
    async fn locks(&self, tenant: TenantId) -> AppResult<Vec<LockView>>;
    async fn lock_exception(
        &self,
        tenant: TenantId,
        id: LockExceptionId,
    ) -> AppResult<Option<LockExceptionView>>;
    async fn lock_exceptions(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<LockExceptionView>>;
}
