//! Recurring invoices as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::template::{InvoiceTemplate, RecurringInvoice};
use crate::accounting::views::recurring::RecurringFailureView;
use crate::documents::views::DocumentView;
use crate::recurring_view;

recurring_view! {
    /// A template that becomes an invoice each time it falls due.
    pub struct RecurringInvoiceView of InvoiceTemplate, new(stored, expanded: bool) {
        /// The type of document that is made: `sales_invoice` or `purchase_invoice`.
        #[serde(rename = "type")]
        invoice_type: &'static str = stored.entry.template.invoice_type.as_str(),
        /// `fixed` for prices that were looked up when the template was saved, `current` for those of each invoice's day.
        prices: &'static str = stored.entry.template.prices.as_str(),
        party_id: Uuid = stored.entry.template.party.uuid(),
        /// The body of each draft. With `fixed` prices it has those that were found. Lists have it only with `expand=template`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        template: Option<Value> = expanded.then(|| stored.entry.template.members()),
    }
}

/// An occurrence that was skipped.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringInvoiceSkipView {
    /// The date of the occurrence.
    pub date: NaiveDate,
    pub recurring_invoice: RecurringInvoiceView,
}

/// An invoice that will be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpcomingInvoiceView {
    pub document_date: NaiveDate,
    pub reference: Option<String>,
    pub notes: Option<String>,
    /// The number that the supplier will have given the bill.
    pub supplier_number: Option<String>,
}

/// The next invoices of a recurring invoice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UpcomingInvoicesView {
    pub items: Vec<UpcomingInvoiceView>,
}

/// The result of a run of a recurring invoice.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringInvoiceRunView {
    /// The invoices, without their lines; empty when none was due.
    pub documents: Vec<DocumentView>,
    /// The occurrences that could not be made, with the reasons.
    pub failed: Vec<RecurringFailureView>,
    pub recurring_invoice: RecurringInvoiceView,
}

impl UpcomingInvoiceView {
    /// The next `count` invoices.
    pub fn of(recurring: &RecurringInvoice, count: usize) -> Vec<Self> {
        let view = |date| {
            let text = |member| recurring.template.text_on(member, date);
            let (reference, notes) = (text("reference"), text("notes"));
            Self { document_date: date, reference, notes, supplier_number: text("supplierNumber") }
        };
        recurring.upcoming(count).into_iter().map(view).collect()
    }
}
