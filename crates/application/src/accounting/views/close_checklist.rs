//! The close checklist as the API shows it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The checklist before a period or a year is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CloseChecklistView {
    pub fiscal_year_id: Uuid,
    /// The period; null when the whole year is to be closed.
    pub fiscal_period_id: Option<Uuid>,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// Whether no item blocks closing.
    pub ready: bool,
    pub items: Vec<ChecklistItemView>,
}

/// One item to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistItemView {
    /// The stable code of the item: `drafts`, `approvals`, `opening_account`, `earlier_open`, `exchange_rates`, `recurring_entries`,
    /// `balances`, `not_ended`, and for a year also `retained_earnings`, `closing_journal` and `locks`.
    pub code: &'static str,
    /// The status: `ok`, `warning`, or `blocking`, which must be settled before closing.
    pub status: &'static str,
    /// The text, in the language of the request.
    pub text: String,
    /// The number of records concerned.
    pub count: u64,
    /// The path where the item can be seen or settled, below the server's own address.
    pub link: String,
}
