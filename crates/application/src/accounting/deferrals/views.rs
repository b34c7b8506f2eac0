//! Deferrals as the API shows them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounting::views::recurring::RecurringProblemView;
use crate::views::NameView;
use crate::warnings::WarningView;

/// An amount that is spread over several periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeferralView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    /// The status: `active`, `completed` or `cancelled`.
    pub status: &'static str,
    /// The account on which the amount stands until it is recognised.
    pub source_account_id: Uuid,
    pub source_account_code: String,
    /// The income or expense account on which it is recognised.
    pub target_account_id: Uuid,
    pub target_account_code: String,
    pub journal_id: Uuid,
    pub amount: String,
    pub currency: String,
    /// Units of the company currency for one unit of the currency; every line has this rate.
    pub rate: String,
    /// The method: `monthly`, `daily` or `equal`.
    pub method: &'static str,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// The dimensions of the lines on the source account: dimension code to value code.
    pub source_dimensions: BTreeMap<String, String>,
    /// The dimensions of the lines on the target account: dimension code to value code.
    pub dimensions: BTreeMap<String, String>,
    pub reference: Option<String>,
    pub line_count: u32,
    /// The sum of the lines that are posted.
    pub posted_amount: String,
    /// The sum of the lines that are still to be posted.
    pub open_amount: String,
    /// The date of the first line that is still to be posted; null when there is none. A date in the past is overdue.
    pub next_date: Option<NaiveDate>,
    /// The number of lines that could not be posted so far.
    pub failed_count: u32,
    /// The user in whose name the background job posts what is due.
    pub ordered_by: Option<Uuid>,
    pub version: i64,
    /// The schedule. Lists leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<DeferralLineView>>,
    /// Warnings; only in the answer to the request that posted something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// A part of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeferralLineView {
    /// The number of the line, from 1.
    pub number: u32,
    pub date: NaiveDate,
    pub amount: String,
    /// The amount in the company currency.
    pub company_amount: String,
    /// The status: `planned`, `pending_approval` while its entry waits, `posted`, `rejected` by an approver or recalled, `failed`,
    /// `dropped` or `taken_back`.
    pub status: &'static str,
    /// The entry that posted it.
    pub entry_id: Option<Uuid>,
    /// The day of the last attempt, if it failed. The background job tries again on the next day.
    pub attempted_on: Option<NaiveDate>,
    /// The reasons, if the last attempt failed.
    pub errors: Vec<RecurringProblemView>,
}
