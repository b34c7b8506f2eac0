//! Revaluation runs as the API shows them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::warnings::WarningView;

/// Most lines shown inside a run.
pub const RUN_LINES_INLINE_MAX: usize = 1_000;

/// A revaluation of foreign balances on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevaluationRunView {
    pub id: Uuid,
    pub date: NaiveDate,
    /// `posted`, or `undone`.
    pub status: &'static str,
    /// The sum of the unrealised differences in the company currency: a gain if positive.
    pub difference: String,
    /// The entry on the day; null where nothing differed.
    pub entry_id: Option<Uuid>,
    /// The entry on the next day that takes it back.
    pub mirror_entry_id: Option<Uuid>,
    pub line_count: u32,
    /// The user who made it; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub version: i64,
    /// The revalued items and balances. Lists leave the lines out; at most 1,000 are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<RevaluationLineView>>,
    /// What is worth a look although it refused nothing; only in the answer to the request that made the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// An open item or the balance of an account, with its value on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevaluationLineView {
    pub account_id: Uuid,
    pub account_code: String,
    /// The open item; null for the balance of an account.
    pub open_item_id: Option<Uuid>,
    pub party: Option<String>,
    pub currency: String,
    /// The balance in the currency; positive if it is a debit.
    pub balance: String,
    /// Its carrying amount in the company currency; positive if it is a debit.
    pub company_balance: String,
    /// Units of the company currency for one unit of the currency.
    pub rate: String,
    /// The balance at the rate.
    pub value: String,
    /// The value less the carrying amount.
    pub difference: String,
}
