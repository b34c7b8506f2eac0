//! The close checklist as the API shows it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What to look at before a period or a year is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CloseChecklistView {
    pub fiscal_year_id: Uuid,
    /// Null when the whole year is to be closed.
    pub fiscal_period_id: Option<Uuid>,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// Whether nothing is blocking.
    pub ready: bool,
    pub items: Vec<ChecklistItemView>,
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistItemView {
    /// Stable: `drafts`, `opening_account`, `earlier_open`, `exchange_rates`, `recurring_entries`, `balances`,
    /// `not_ended`, and for a year `retained_earnings`, `closing_journal`, `locks`.
    pub code: &'static str,
    /// `ok`, `warning`, or `blocking`: closing is refused until it is settled.
    pub status: &'static str,
    /// In the language of the request.
    pub text: String,
    /// How many there are.
    pub count: u64,
    /// Where to see or settle it, below the server's own address.
    pub link: String,
}
