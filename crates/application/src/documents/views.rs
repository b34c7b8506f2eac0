//! Documents as the API shows them.

use chrono::NaiveDate;
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::documents::progress::{BillingBasis, HowFar, LineProgress};
use domain::money::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::{DocumentStatus, StoredDocument};
use crate::warnings::WarningView;

/// A quotation, an order, an invoice, a bill, a note, a receipt or a payment. Amounts are decimal strings in the currency of the document and never
/// negative. Members that a type of document does not have are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentView {
    pub id: Uuid,
    /// `quotation`, `sales_order`, `purchase_order`, `sales_invoice`, `sales_credit_note`, `sales_debit_note`,
    /// `purchase_invoice`, `purchase_credit_note`, `receipt` or `payment`.
    #[serde(rename = "type")]
    pub document_type: String,
    /// Of an invoice `standard`, `simplified` or `prepayment`; of a bill of customs `customs`; of a note `return`,
    /// `cancellation`, `price`, `rebate` or `early_discount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `draft`, `posted` or `reversed`; of a quotation `draft`, `sent`, `accepted`, `declined` or `expired`; of an order `draft`,
    /// `confirmed`, `closed` or `cancelled`.
    pub status: String,
    /// The number, which is a legal one for what enters the ledger; null for drafts.
    pub number: Option<String>,
    pub party_id: Uuid,
    pub party_code: String,
    /// The name of the party in each language, as it was when the document was made.
    pub party_name: DocumentNameView,
    /// The party as it was when the document was made, or posted; left out in lists and of documents of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<DocumentSideView>,
    /// The company, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<DocumentSideView>,
    /// The branch; null where the document has none.
    #[serde(default)]
    pub branch_id: Option<Uuid>,
    /// Its code.
    #[serde(default)]
    pub branch_code: Option<String>,
    pub document_date: NaiveDate,
    pub posting_date: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supply_date: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_date: Option<NaiveDate>,
    pub currency: String,
    /// Units of the company currency for one unit of the currency.
    pub rate: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices_include_vat: Option<bool>,
    pub reference: Option<String>,
    pub notes: Option<String>,
    /// The number that the supplier gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier_number: Option<String>,
    /// The last day of a quotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// The document that a quotation became, and its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted_to_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted_to_type: Option<String>,
    /// The order that an invoice bills; absent where it bills none or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    /// The recurring invoice that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring_invoice_id: Option<Uuid>,
    /// How far an order is invoiced: `none`, `partial` or `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_state: Option<String>,
    /// How far a purchase order is received: `none`, `partial` or `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_state: Option<String>,
    /// The document that a note corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects_date: Option<NaiveDate>,
    /// The reason of a note, or for which a document was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How money moved: `cash`, `bank_transfer`, `card` or `cheque`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The account that the money moved on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
    pub totals: DocumentTotalsView,
    /// The tax that was withheld from a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withholding: Option<DocumentWithholdingView>,
    /// The amount not settled yet; null for drafts.
    pub open_amount: Option<String>,
    /// `open`, `partly_paid`, `paid`, or `credited` where notes alone have settled it; null for drafts and for what was reversed.
    pub payment_state: Option<String>,
    /// The entry in the ledger; null for drafts.
    pub journal_entry_id: Option<Uuid>,
    /// The entry that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversal_entry_id: Option<Uuid>,
    /// What the money of a receipt or a payment has paid; at most 1,000, and left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocations: Option<Vec<DocumentAllocationView>>,
    /// VAT by category and rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_groups: Vec<DocumentGroupView>,
    /// The instalments with their due dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instalments: Vec<DocumentDueView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<DocumentChargeView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepayments: Vec<DocumentPrepaymentView>,
    /// The lines; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<DocumentLineView>>,
    pub line_count: u32,
    /// Warnings; only in the answer to the request that they are about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
    /// Documents that were made in the same step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub created: Vec<CreatedDocumentView>,
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When it was posted, sent or confirmed.
    #[schema(format = "date-time")]
    pub posted_at: Option<String>,
    pub version: i64,
}

/// A name in Arabic, English or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentNameView {
    pub ar: Option<String>,
    pub en: Option<String>,
}

/// The company or the party of a document, as the document names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentSideView {
    pub name: DocumentNameView,
    /// Null where it is not registered for VAT.
    pub vat_number: Option<String>,
    /// The commercial registration; that of the branch, where it has its own.
    pub cr_number: Option<String>,
    /// The legal address on one line in each language; that of the branch, where it has its own.
    pub address: Option<DocumentNameView>,
    /// The name of the company's branch.
    pub branch_name: Option<DocumentNameView>,
}

/// The amounts of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentTotalsView {
    /// The net amounts of the lines.
    pub lines_net: String,
    /// The discount of the document. With prices that include VAT it is in the lines.
    pub discount: String,
    /// The net amounts of the charges.
    pub charges: String,
    /// Without VAT.
    pub net: String,
    pub vat: String,
    /// With VAT.
    pub total: String,
    /// The amount that prepayment invoices have charged before, with VAT.
    pub prepaid: String,
    /// The amount left to pay.
    pub payable: String,
    /// `vat` in the company currency, less what prepayment invoices charged.
    pub company_vat: String,
}

/// The tax that was withheld from a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentWithholdingView {
    pub tax_code: String,
    /// In per cent.
    pub rate: String,
    /// The base of the withheld tax: the amount without VAT, and the tax on top where the company bears it.
    pub base: String,
    pub tax: String,
    /// The amount paid to the supplier.
    pub paid: String,
    /// Whether the company bears the tax.
    pub gross_up: bool,
}

/// VAT of one category and rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentGroupView {
    /// `S`, `Z`, `E` or `O`.
    pub category: String,
    /// In per cent.
    pub rate: String,
    /// The reason for which it bears no tax.
    pub reason: Option<String>,
    pub discount: String,
    pub taxable: String,
    pub vat: String,
}

/// A part of the amount and the day on which it falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentDueView {
    pub amount: String,
    pub due_date: NaiveDate,
    /// The last day on which a discount is granted.
    pub discount_until: Option<NaiveDate>,
    pub discount_amount: Option<String>,
}

/// A line of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentLineView {
    /// From 1.
    pub line_no: u32,
    /// `tax_only` for import VAT on a customs bill; left out for other lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The amount on which import VAT was charged, which is not part of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_base: Option<String>,
    pub item_id: Option<Uuid>,
    pub item_code: Option<String>,
    pub description: String,
    pub quantity: String,
    pub unit_id: Option<Uuid>,
    pub unit_code: Option<String>,
    pub unit_price: String,
    pub price_base_quantity: String,
    /// `given`, `customer_list`, `group_list`, `price_list` (the default list of the currency) or `item`.
    pub price_source: String,
    pub discount_percent: Option<String>,
    /// The discount that was given as an amount.
    pub discount_amount: Option<String>,
    pub tax_code: String,
    /// `S`, `Z`, `E` or `O`.
    pub tax_category: String,
    /// In per cent.
    pub tax_rate: String,
    pub account_id: Uuid,
    /// Dimension code to value code.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub dimensions: std::collections::BTreeMap<String, String>,
    /// Quantity times price.
    pub amount: String,
    /// The discount of the line.
    pub discount: String,
    pub net: String,
    /// For show where prices exclude VAT: the VAT of the document is calculated for each group.
    pub vat: String,
    pub gross: String,
    /// The line of the corrected document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects_line_no: Option<u32>,
    /// The order that the line bills, and the line of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line_no: Option<u32>,
    /// The quantity in base units of the item, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_quantity: Option<String>,
    /// The line's own per cent beyond its quantity, and its own match policy, which its item, the supplier and the company do not
    /// decide then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_receipt_percent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_policy: Option<String>,
    /// The progress of an order line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<LineProgressView>,
}

/// The progress of an order line, in base units of its item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineProgressView {
    pub ordered: String,
    pub cancelled: String,
    pub delivered: String,
    pub returned: String,
    pub invoiced: String,
    pub credited: String,
    /// The quantity still to be delivered or received.
    pub to_deliver: String,
    /// The quantity that may be invoiced now: the ordered quantity of a sales order, the received quantity of a purchase
    /// order.
    pub to_invoice: String,
    /// The quantity that may be received beyond the ordered one.
    #[serde(default)]
    pub beyond: String,
    /// `three_way` where bills wait for receipts, `two_way` where they do not; left out for sales orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_policy: Option<String>,
}

/// A charge on the whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentChargeView {
    pub item_id: Option<Uuid>,
    pub item_code: Option<String>,
    pub description: String,
    pub tax_code: String,
    /// `S`, `Z`, `E` or `O`.
    #[serde(default)]
    pub tax_category: String,
    /// In per cent.
    #[serde(default)]
    pub tax_rate: String,
    pub account_id: Uuid,
    pub net: String,
    pub vat: String,
    pub gross: String,
    /// The order whose charge it bills, and the place of the charge in the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_charge_no: Option<u32>,
}

/// The deduction of a prepayment invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentPrepaymentView {
    pub invoice_id: Uuid,
    pub number: String,
    pub net: String,
    pub vat: String,
}

/// An item that the money of a receipt or a payment has paid, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentAllocationView {
    pub allocation_id: Uuid,
    pub date: NaiveDate,
    pub open_item_id: Uuid,
    /// The document that was paid and its type; null for an entry by hand.
    pub document_id: Option<Uuid>,
    pub document_type: Option<String>,
    /// The number of the document, or else of the entry.
    pub number: Option<String>,
    /// In the currency of what was paid.
    pub amount: String,
    pub currency: String,
}

/// A document that was made in the same step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedDocumentView {
    #[serde(rename = "type")]
    pub document_type: String,
    pub id: Uuid,
    pub number: Option<String>,
}

impl StoredDocument {
    /// The view with what may have changed since it was made. Without lines; `open` is what is not settled.
    pub fn shown(&self, open: Option<Amount>, scale: u8) -> DocumentView {
        // Quotations and orders are not paid.
        let open = open.map(Amount::abs).filter(|_| self.entry.is_some());
        let settles = open.filter(|_| self.status != DocumentStatus::Reversed);
        let state = settles.map(|open| match open {
            open if open.is_zero() => "paid",
            open if open == self.total => "open",
            _ if self.settles_in_parts(open) => "partly_paid",
            _ => "open",
        });
        DocumentView {
            id: self.id.uuid(),
            document_type: self.document_type.as_str().to_owned(),
            status: self.status.as_str().to_owned(),
            number: self.number.clone(),
            branch_id: self.branch.as_ref().map(|branch| branch.id.uuid()),
            branch_code: self.branch.as_ref().map(|branch| branch.code.clone()),
            open_amount: open.map(|open| open.display(scale)),
            payment_state: state.map(str::to_owned),
            journal_entry_id: self.entry.map(|id| id.uuid()),
            reversal_entry_id: self.reversal_entry.map(|id| id.uuid()),
            lines: None,
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            posted_at: self.posted_at.map(|at| at.to_string()),
            version: self.version,
            ..self.view.clone()
        }
    }

    /// Whether less is open than fell due. A document that deducts prepayments has less open from the beginning.
    fn settles_in_parts(&self, open: Amount) -> bool {
        Amount::parse(&self.view.totals.payable).is_ok_and(|payable| open < payable)
    }
}

impl DocumentView {
    /// A document of which notes have settled an amount: nobody has paid what they settled whole.
    #[must_use]
    pub fn credited_with(self, amount: Amount) -> Self {
        let whole = || Amount::parse(&self.totals.payable).is_ok_and(|payable| payable == amount.abs());
        if self.payment_state.as_deref() != Some("paid") || amount.is_zero() || !whole() {
            return self;
        }
        Self { payment_state: Some("credited".to_owned()), ..self }
    }

    /// An order with what has become of its lines.
    #[must_use]
    pub fn with_progress(self, document_type: DocumentType, lines: &[LineProgress]) -> Self {
        if lines.is_empty() {
            return self;
        }
        let basis = document_type.billing_basis();
        let billed = lines.iter().map(|line| (line.billed(), line.wanted()));
        let received = lines.iter().map(|line| (line.kept(), line.wanted()));
        let bought = document_type.side() == TradeSide::Purchase;
        let shown = |view: DocumentLineView| {
            let progress = lines.iter().find(|line| line.line_no == view.line_no);
            DocumentLineView { progress: progress.map(|line| LineProgressView::of(line, basis)), ..view }
        };
        Self {
            billing_state: Some(HowFar::of(billed).as_str().to_owned()),
            receipt_state: bought.then(|| HowFar::of(received).as_str().to_owned()),
            lines: self.lines.map(|lines| lines.into_iter().map(shown).collect()),
            ..self
        }
    }
}

impl LineProgressView {
    fn of(line: &LineProgress, basis: BillingBasis) -> Self {
        Self {
            ordered: line.ordered.to_string(),
            cancelled: line.cancelled.to_string(),
            delivered: line.delivered.to_string(),
            returned: line.returned.to_string(),
            invoiced: line.invoiced.to_string(),
            credited: line.credited.to_string(),
            to_deliver: line.to_deliver().to_string(),
            to_invoice: line.to_invoice(basis).to_string(),
            beyond: line.beyond.to_string(),
            match_policy: (basis == BillingBasis::Delivered).then(|| line.policy().as_str().to_owned()),
        }
    }
}
