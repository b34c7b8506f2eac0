//! Locks and exceptions as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounting::ports::locks::StoredLockException;

/// One lock: nothing that it concerns is posted on or before its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockView {
    /// `fiscal` (every journal), `sales`, `purchase`, `tax` (entries on VAT accounts) or `hard` (every journal, for ever).
    pub kind: &'static str,
    /// The last locked day; null locks nothing.
    pub locked_through: Option<NaiveDate>,
    /// 0 until it is set for the first time.
    pub version: i64,
}

/// Every kind of lock.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocksView {
    pub items: Vec<LockView>,
}

/// A person's leave to post into locked dates for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockExceptionView {
    pub id: Uuid,
    /// The lock it lifts: `fiscal`, `sales`, `purchase` or `tax`.
    pub kind: &'static str,
    pub user_id: Uuid,
    pub reason: String,
    #[schema(format = "date-time")]
    pub starts_at: String,
    #[schema(format = "date-time")]
    pub expires_at: String,
    /// When it was taken back before it expired.
    pub revoked_at: Option<String>,
    pub created_by: Option<Uuid>,
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
