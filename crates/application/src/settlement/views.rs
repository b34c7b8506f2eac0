//! Open items and allocations as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::documents::views::CreatedDocumentView;

/// Most allocations shown in the answer that made them; `/allocations?batchId=` has all of them.
pub const ALLOCATIONS_INLINE_MAX: usize = 1_000;

/// A posted line of a receivable or payable account and what is left of it. Amounts are positive decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenItemView {
    pub id: Uuid,
    /// `receivable` or `payable`.
    pub control: &'static str,
    pub account_id: Uuid,
    pub account_code: String,
    /// The code of the party.
    pub party: String,
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The legal number of the entry.
    pub number: String,
    /// The document that made it, its type and its number; null where the entry was made by hand.
    pub document_id: Option<Uuid>,
    pub document_type: Option<String>,
    pub document_number: Option<String>,
    pub posting_date: NaiveDate,
    pub document_date: Option<NaiveDate>,
    /// The day on which the item falls due: that of the line, or else the posting date.
    pub due_date: NaiveDate,
    /// The reference of the line, or that of the entry if the line has none.
    pub reference: Option<String>,
    /// The description of the line, or that of the entry if the line has none.
    pub description: Option<String>,
    /// The code of the branch: that of the document, or else the line's value of the dimension `branch`.
    pub branch: Option<String>,
    /// `debit` or `credit`.
    pub side: &'static str,
    pub currency: String,
    /// The amount that was posted, in the item's currency.
    pub amount: String,
    /// The part that is not settled.
    pub open_amount: String,
    /// The amount that was posted, in the company currency.
    pub company_amount: String,
    /// The part that is not settled, in the company currency at the rate of the posting.
    pub open_company_amount: String,
    /// The last day on which a discount for early payment is granted; null where there is none.
    pub discount_date: Option<NaiveDate>,
    /// The discount of who pays by that day, with VAT.
    pub discount_amount: Option<String>,
    /// Whether who pays a part gets its share of the discount; null where there is none.
    pub partial_discount: Option<bool>,
    /// `open`, `partly_settled` or `settled`.
    pub status: &'static str,
    /// The date of the allocation that settled the rest; null while anything is open.
    pub settled_on: Option<NaiveDate>,
    /// The highest level of dunning that it has reached; null for none.
    pub dunning_level: Option<u32>,
    /// The reason for which the item is left out of reminders; null where it is not.
    pub dunning_hold_reason: Option<String>,
    #[schema(format = "date-time")]
    pub recorded_at: String,
}

/// Two items that settled each other, wholly or in part. Amounts are positive decimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllocationView {
    pub id: Uuid,
    /// The request that made it: all its allocations have the same.
    pub batch_id: Uuid,
    /// `payment`, `note` (a document and the note that corrects it), `discount` (an item and the note of its discount for early payment), `write_off`, `netting`, `reversal` (a
    /// reversed entry and its reversal) or `undo`.
    pub kind: &'static str,
    pub date: NaiveDate,
    pub debit_item_id: Uuid,
    pub credit_item_id: Uuid,
    /// The amount settled of the debit item, in its currency.
    pub amount: String,
    pub currency: String,
    /// The amount settled of the credit item, in its currency.
    pub credit_amount: String,
    pub credit_currency: String,
    /// The realised exchange difference in the company currency: a gain if positive, a loss if negative. That of an `undo`
    /// takes back the one of the allocation that it undoes.
    pub exchange_difference: String,
    /// The journal entry that the batch posted for exchange differences and netting; null if there was none to post.
    pub entry_id: Option<Uuid>,
    /// The allocation that this one undoes.
    pub undoes_id: Option<Uuid>,
    /// The payment's allocation with which a discount was taken, or a difference written off. Undoing that one undoes this
    /// one, too.
    pub belongs_to_id: Option<Uuid>,
    /// The note or the write-off that was made for it. It is reversed when the allocation is undone.
    pub document_id: Option<Uuid>,
    /// The allocation that undid this one.
    pub undone_by_id: Option<Uuid>,
    /// The reason for which an allocation was undone.
    pub reason: Option<String>,
    /// The user who made it; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub recorded_at: String,
}

/// The allocations of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllocationBatchView {
    pub batch_id: Uuid,
    pub date: NaiveDate,
    /// The sum of the realised exchange differences in the company currency.
    pub exchange_difference: String,
    /// The journal entry for exchange differences and netting; null if there was none to post.
    pub entry_id: Option<Uuid>,
    pub allocation_count: u32,
    /// At most 1,000 are shown; `/allocations?batchId=` has all of them.
    pub allocations: Vec<AllocationView>,
    /// Notes of discounts and write-offs that were made in the same step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub created: Vec<CreatedDocumentView>,
}
