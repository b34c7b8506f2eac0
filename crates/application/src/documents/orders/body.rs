//! The bodies of quotations and orders.

use chrono::NaiveDate;
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::company::branch::BranchId;
use domain::money::{Amount, CurrencyCode, Percentage, Rate};
use domain::parties::party::PartyId;
use domain::parties::payment_term::PaymentTermId;
use domain::tax::document::{CHARGES_MAX, LINES_MAX};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};

use crate::documents::trade::{
    DocumentChargeBody, DocumentLineBody, Input, NOTES_LENGTH_MAX, TradeBody, lined_body,
};
use crate::reference::by_id_or_code;
use crate::request;
use crate::wire::{DimensionCodes, List, Paragraphs, RequiredText, Text};

lined_body! {
    /// A new quotation to a customer.
    pub struct NewQuotation as CreateQuotationBody, patched as UpdateQuotationBody {
        lines: List<DocumentLineBody, LINES_MAX, 1> = [{ "description": "Consulting, March", "quantity": "3", "unitPrice": "1000.00", "taxCode": "S15" }],
        enters send: "Whether the quotation is sent at once; otherwise it is kept as a draft. Needs the permission to send.";
        /// The last day on which the customer may accept it. Without one it does not expire.
        valid_until: Option<NaiveDate> = "2026-04-15",
    }
}

lined_body! {
    /// A new order of a customer.
    pub struct NewSalesOrder as CreateSalesOrderBody, patched as UpdateSalesOrderBody {
        lines: List<DocumentLineBody, LINES_MAX, 1> = [{ "description": "Consulting, March", "quantity": "3", "unitPrice": "1000.00", "taxCode": "S15" }],
        enters confirm: "Whether the order is confirmed at once; otherwise it is kept as a draft. Needs the permission to confirm.";
        /// The day on which delivery is due.
        supply_date: Option<NaiveDate> = "2026-04-01",
        /// The reason for which it is confirmed although the customer's credit limit does not reach. Needs the permission
        /// `sales.credit.override`.
        credit_override_reason: Option<RequiredText<DESCRIPTION_LENGTH_MAX>>,
    }
}

lined_body! {
    /// A new order to a supplier.
    pub struct NewPurchaseOrder as CreatePurchaseOrderBody, patched as UpdatePurchaseOrderBody {
        lines: List<DocumentLineBody, LINES_MAX, 1> = [{ "description": "Cleaning, March", "quantity": "10", "unitPrice": "50.00", "taxCode": "P15" }],
        enters confirm: "Whether the order is confirmed at once; otherwise it is kept as a draft. Needs the permission to confirm.";
        /// The day on which delivery is due.
        supply_date: Option<NaiveDate> = "2026-04-01",
    }
}

impl TradeBody for NewQuotation {
    fn input(&self) -> Input<'_> {
        Input { valid_until: self.valid_until, ..self.lined() }
    }
}

impl TradeBody for NewSalesOrder {
    fn input(&self) -> Input<'_> {
        let credit_override = self.credit_override_reason.as_deref();
        Input { supply_date: self.supply_date, credit_override, ..self.lined() }
    }
}

impl TradeBody for NewPurchaseOrder {
    fn input(&self) -> Input<'_> {
        Input { supply_date: self.supply_date, ..self.lined() }
    }
}
