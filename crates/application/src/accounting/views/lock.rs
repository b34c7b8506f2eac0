//! Locks and exceptions as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A lock: on or before its date nothing can be posted that it applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockView {
    /// The kind of lock: `fiscal` (every journal), `sales`, `purchase`, `tax` (entries with a line on a VAT account or
    /// with a tax code) or `hard` (every journal, for ever).
    pub kind: &'static str,
    /// The last locked day; null when nothing is locked.
    pub locked_through: Option<NaiveDate>,
    /// The version; 0 until the lock is set for the first time.
    pub version: i64,
}

/// The locks, one of every kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocksView {
    pub items: Vec<LockView>,
}

/// Permission for one user to post into locked dates for a limited time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockExceptionView {
    pub id: Uuid,
    /// The kind of lock that the exception lifts: `fiscal`, `sales`, `purchase` or `tax`.
    pub kind: &'static str,
    pub user_id: Uuid,
    pub reason: String,
    #[schema(format = "date-time")]
    pub starts_at: String,
    #[schema(format = "date-time")]
    pub expires_at: String,
    /// The moment at which the exception was revoked; null if it was not.
    pub revoked_at: Option<String>,
    pub created_by: Option<Uuid>,
    pub version: i64,
}
