//! Distribution runs as the API shows them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::warnings::WarningView;

/// A run of a distribution key for a fiscal period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DistributionRunView {
    pub id: Uuid,
    pub key_id: Uuid,
    pub key_code: String,
    pub fiscal_period_id: Uuid,
    /// The last day of the period, on which it is posted.
    pub date: NaiveDate,
    /// `posted`, `pending_approval` while its entry is a draft that waits for approval, or `undone`, which a run also is whose
    /// entry was rejected or recalled.
    pub status: &'static str,
    /// The sum of what was distributed, in the company currency; positive if it is a debit.
    pub amount: String,
    /// The entry; null where nothing was there to distribute.
    pub entry_id: Option<Uuid>,
    /// The user who made it; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub version: i64,
    /// The part of each target. Lists leave the parts out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<DistributionPartView>>,
    /// Warnings; only in the answer to the request that posted something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// What a target got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DistributionPartView {
    /// The value of the target dimension; null if the target is an account.
    pub value_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    /// The share, balance or figure that measured the part.
    pub weight: String,
    /// The part in the company currency; positive if it is a debit.
    pub amount: String,
}
