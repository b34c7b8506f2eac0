//! What a merge of two accounts did.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::account::AccountView;
use crate::warnings::WarningView;

/// The result of a merge of two accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountMergeView {
    /// The account that was merged; it keeps its posted lines, is not active and no longer changes.
    pub account: AccountView,
    /// The account that survives.
    pub into: AccountView,
    /// The day on which the balance moved.
    pub date: NaiveDate,
    /// The entry that moved the balance; null when there was none.
    pub journal_entry_id: Option<Uuid>,
    /// The number of records of each kind that now name the account that survives.
    pub renamed: Vec<RenamedView>,
    /// Warnings about the entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RenamedView {
    /// The resource, such as `journal-entries` (drafts), `posting-rules` or `budget-lines`.
    pub resource: &'static str,
    pub count: u64,
}
