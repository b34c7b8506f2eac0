//! Write-offs as the API shows them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A write-off of open items, in whole or in part. Amounts are positive decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WriteOffView {
    pub id: Uuid,
    /// `bad_debt`, `other`, `difference` (what a payment left, within the tolerance) or `discount` (for early payment, where
    /// discounts leave VAT as it was).
    pub kind: &'static str,
    /// `posted` or `reversed`.
    pub status: &'static str,
    /// The legal number of its journal entry.
    pub number: String,
    /// `receivable` or `payable`.
    pub control: &'static str,
    /// The code of the party.
    pub party: String,
    /// The account that took what was written off.
    pub account_id: Uuid,
    pub date: NaiveDate,
    pub currency: String,
    pub amount: String,
    /// The amount in the company currency, at the rate of the items.
    pub company_amount: String,
    pub entry_id: Uuid,
    /// The entry that took it back.
    pub reversal_entry_id: Option<Uuid>,
    pub reason: String,
    /// How the VAT of the debt was taken back; null while it was not.
    pub vat_relief: Option<VatReliefView>,
    pub items: Vec<WriteOffItemView>,
    /// The user who made it; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub version: i64,
}

/// The output VAT of a bad debt that was taken back, in the company currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatReliefView {
    pub date: NaiveDate,
    /// The day on which the customer was told.
    pub customer_informed_on: NaiveDate,
    /// The proof of the claim.
    pub proof_reference: Option<String>,
    /// The base that is declared with a negative sign.
    pub base: String,
    pub tax: String,
    pub entry_id: Uuid,
    /// The entry that took it back when the write-off was reversed.
    pub reversal_entry_id: Option<Uuid>,
}

/// An open item, and how much of it was written off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WriteOffItemView {
    pub open_item_id: Uuid,
    /// The legal number of the item's entry.
    pub number: String,
    pub amount: String,
}
