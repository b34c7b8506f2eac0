//! Lines of budgets as the API shows them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The amount of an account, a combination of dimension values and a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetLineView {
    pub account_id: Uuid,
    pub account_code: String,
    pub fiscal_period_id: Uuid,
    /// The first day of the period.
    pub period_start: NaiveDate,
    /// Dimension code to value code.
    pub dimensions: BTreeMap<String, String>,
    /// In the company currency; positive is a debit of expenses and assets, and a credit of other accounts.
    pub amount: String,
}

/// What a change of lines did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetLinesSavedView {
    /// Lines that are there now and were not before.
    pub created: u32,
    /// Lines whose amount changed.
    pub updated: u32,
    /// Lines that were removed, because their amount became zero.
    pub removed: u32,
    /// Lines that had the same amount already.
    pub unchanged: u32,
}
