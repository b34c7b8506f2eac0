//! Dunning runs and notices as the API shows them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::parties::dunning_text::DunningTextView;

/// A search for what is overdue, and the notices that came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DunningRunView {
    pub id: Uuid,
    /// The day on which items are overdue.
    pub date: NaiveDate,
    /// `draft`, `posted` or `undone`.
    pub status: &'static str,
    pub notice_count: u32,
    /// Whether more customers are to be reminded than one run has notices for: post it and run again.
    pub has_more: bool,
    /// The user who made it; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    #[schema(format = "date-time")]
    pub posted_at: Option<String>,
    pub version: i64,
    /// The notices; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<Vec<DunningNoticeView>>,
}

/// What one customer is reminded of in one currency. Amounts are positive decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DunningNoticeView {
    pub id: Uuid,
    pub run_id: Uuid,
    pub party_id: Uuid,
    /// The code of the party.
    pub party: String,
    pub profile_id: Uuid,
    /// The highest level that an item of the notice has reached.
    pub level: u32,
    /// `draft`, `posted` or `undone`.
    pub status: &'static str,
    pub date: NaiveDate,
    pub currency: String,
    /// What is open of the items.
    pub amount: String,
    /// Payments and notes of the customer in the currency that are not allocated.
    pub unallocated: String,
    /// The fee of the level without VAT, in the company currency; null where there is none, or where the invoice finds the price of an
    /// item.
    pub fee_amount: Option<String>,
    /// The invoice that charges the fee.
    pub fee_invoice_id: Option<Uuid>,
    pub fee_invoice_number: Option<String>,
    pub text: DunningTextView,
    /// What is no longer done with the customer: `none`, `orders`, `deliveries`, `invoices` or `all`.
    pub block: &'static str,
    pub items: Vec<DunningItemView>,
    /// The reason for which it was undone.
    pub reason: Option<String>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub version: i64,
}

/// An open item that has reached a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DunningItemView {
    pub open_item_id: Uuid,
    /// The legal number of the item's entry.
    pub number: String,
    /// The reference of the item, such as the number of the invoice.
    pub reference: Option<String>,
    pub due_date: NaiveDate,
    pub days_overdue: i64,
    pub level: u32,
    /// In the currency of the notice.
    pub open_amount: String,
}

/// Open items of which nobody is reminded, or is again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DunningHoldView {
    pub hold: bool,
    pub reason: Option<String>,
    pub open_item_ids: Vec<Uuid>,
}
