//! The types of documents and what makes them differ (R71). Nothing else asks for a type by name.

use crate::accounting::journal_entry::EntrySourceKind;
use crate::error::Phrase;

crate::choices! {
    /// The types of documents.
    pub enum DocumentType {
        SalesInvoice = "sales_invoice",
        SalesCreditNote = "sales_credit_note",
        SalesDebitNote = "sales_debit_note",
        PurchaseInvoice = "purchase_invoice",
        PurchaseCreditNote = "purchase_credit_note",
        Receipt = "receipt",
        Payment = "payment",
    }
}

crate::choices! {
    /// The forms of an invoice to a customer.
    pub enum InvoiceKind {
        /// To a business: it bears the buyer's address and numbers.
        Standard = "standard",
        /// To a consumer.
        Simplified = "simplified",
        /// For money that is paid before anything is supplied.
        Prepayment = "prepayment",
    }
}

crate::choices! {
    /// The forms of a bill.
    pub enum PurchaseKind {
        /// Of a supplier.
        Standard = "standard",
        /// Of customs: import VAT, and what else customs asks for.
        Customs = "customs",
    }
}

crate::choices! {
    /// What a line of a document is.
    pub enum LineKind {
        /// Something that is sold or bought.
        Standard = "standard",
        /// Tax alone, on a base that is not part of the document.
        TaxOnly = "tax_only",
    }
}

/// The side of the company in a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeSide {
    /// It sells, and the party is a customer.
    Sale,
    /// It buys, and the party is a supplier.
    Purchase,
}

/// What becomes of a posted document that was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undoing {
    /// Another document corrects it: what was given to a customer is not taken back silently.
    ByNote,
    /// Its entry is reversed.
    ByReversal,
}

impl DocumentType {
    pub const fn side(self) -> TradeSide {
        match self {
            Self::SalesInvoice | Self::SalesCreditNote | Self::SalesDebitNote | Self::Receipt => {
                TradeSide::Sale
            }
            Self::PurchaseInvoice | Self::PurchaseCreditNote | Self::Payment => TradeSide::Purchase,
        }
    }

    /// Whether it is money that moved, and has no lines.
    pub const fn moves_money(self) -> bool {
        matches!(self, Self::Receipt | Self::Payment)
    }

    /// Whether it lowers what an invoice or a bill came to.
    pub const fn reduces(self) -> bool {
        matches!(self, Self::SalesCreditNote | Self::PurchaseCreditNote)
    }

    /// Whether it corrects an earlier document.
    pub const fn corrects(self) -> bool {
        self.reduces() || matches!(self, Self::SalesDebitNote)
    }

    /// Whether its party owes more by it, so that the party's account is debited.
    pub const fn debits_party(self) -> bool {
        matches!(self, Self::SalesInvoice | Self::SalesDebitNote | Self::PurchaseCreditNote | Self::Payment)
    }

    /// The type of document that it corrects.
    pub const fn corrected(self) -> Option<Self> {
        match self {
            Self::SalesCreditNote | Self::SalesDebitNote => Some(Self::SalesInvoice),
            Self::PurchaseCreditNote => Some(Self::PurchaseInvoice),
            _ => None,
        }
    }

    pub const fn undoing(self) -> Undoing {
        match self {
            Self::SalesInvoice | Self::SalesCreditNote | Self::SalesDebitNote => Undoing::ByNote,
            Self::PurchaseInvoice | Self::PurchaseCreditNote | Self::Receipt | Self::Payment => {
                Undoing::ByReversal
            }
        }
    }

    /// The code of the journal that takes its entry, unless it is money that moved.
    pub const fn journal_code(self) -> &'static str {
        match self.side() {
            TradeSide::Sale => "SALES",
            TradeSide::Purchase => "PURCHASE",
        }
    }

    pub const fn source(self) -> EntrySourceKind {
        match self {
            Self::SalesInvoice => EntrySourceKind::SalesInvoice,
            Self::SalesCreditNote => EntrySourceKind::SalesCreditNote,
            Self::SalesDebitNote => EntrySourceKind::SalesDebitNote,
            Self::PurchaseInvoice => EntrySourceKind::PurchaseInvoice,
            Self::PurchaseCreditNote => EntrySourceKind::PurchaseCreditNote,
            Self::Receipt => EntrySourceKind::Receipt,
            Self::Payment => EntrySourceKind::Payment,
        }
    }

    /// What people call it.
    pub const fn name(self) -> Phrase {
        match self {
            Self::SalesInvoice => Phrase::new("Sales invoice", "فاتورة مبيعات"),
            Self::SalesCreditNote => Phrase::new("Sales credit note", "إشعار دائن مبيعات"),
            Self::SalesDebitNote => Phrase::new("Sales debit note", "إشعار مدين مبيعات"),
            Self::PurchaseInvoice => Phrase::new("Purchase invoice", "فاتورة مشتريات"),
            Self::PurchaseCreditNote => Phrase::new("Purchase credit note", "إشعار دائن مشتريات"),
            Self::Receipt => Phrase::new("Receipt", "سند قبض"),
            Self::Payment => Phrase::new("Payment", "سند صرف"),
        }
    }
}
