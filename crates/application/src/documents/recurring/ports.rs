//! Lists of recurring invoices and of their occurrences.

use super::template::{InvoiceTemplate, InvoiceType};
use super::views::{RecurringInvoiceView, UpcomingInvoiceView};
use crate::accounting::ports::recurring::{RUN_FIELDS, ShownRecurring, occurrence_list};
use crate::paging::{FieldKind, FieldSpec, ListSpec};
use crate::recurring_list;

impl ShownRecurring for InvoiceTemplate {
    type View = RecurringInvoiceView;
    type Upcoming = UpcomingInvoiceView;
}

/// The fields by which `GET /recurring-invoices` filters and sorts.
pub static RECURRING_INVOICE_LIST: ListSpec = recurring_list!(
    "recurring_invoice",
    [FieldSpec::new("type", FieldKind::Word(InvoiceType::WORDS)), FieldSpec::new("partyId", FieldKind::Id)],
    ["template"]
);

/// The fields by which `GET /recurring-invoices/{id}/occurrences` filters and sorts.
pub static RECURRING_RUN_LIST: ListSpec = occurrence_list("recurring_run", RUN_FIELDS);
