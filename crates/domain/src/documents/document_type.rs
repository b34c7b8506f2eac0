//! The types of documents and what makes them differ (R71). Nothing else asks for a type by name.

use super::progress::BillingBasis;
use super::status::DocumentStatus;
use crate::accounting::journal_entry::EntrySourceKind;
use crate::error::Phrase;

crate::choices! {
    /// The types of documents.
    pub enum DocumentType {
        Quotation = "quotation",
        SalesOrder = "sales_order",
        PurchaseOrder = "purchase_order",
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
        /// An invoice to a business, with the buyer's address and numbers.
        Standard = "standard",
        /// An invoice to a consumer.
        Simplified = "simplified",
        /// An invoice for money that is paid before anything is supplied.
        Prepayment = "prepayment",
    }
}

crate::choices! {
    /// The forms of a bill.
    pub enum PurchaseKind {
        /// A bill of a supplier.
        Standard = "standard",
        /// A bill of customs: import VAT, and other charges of customs.
        Customs = "customs",
    }
}

crate::choices! {
    /// The kind of a document line.
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
    /// A sale to a customer.
    Sale,
    /// A purchase from a supplier.
    Purchase,
}

impl DocumentType {
    pub const fn side(self) -> TradeSide {
        match self {
            Self::Quotation
            | Self::SalesOrder
            | Self::SalesInvoice
            | Self::SalesCreditNote
            | Self::SalesDebitNote
            | Self::Receipt => TradeSide::Sale,
            Self::PurchaseOrder | Self::PurchaseInvoice | Self::PurchaseCreditNote | Self::Payment => {
                TradeSide::Purchase
            }
        }
    }

    /// Whether documents of the type enter the ledger. Quotations and orders do not: other documents fulfil them.
    pub const fn posts(self) -> bool {
        !matches!(self, Self::Quotation | Self::SalesOrder | Self::PurchaseOrder)
    }

    /// Whether its lines keep their progress, so that the document may change and be closed after it was confirmed.
    pub const fn is_order(self) -> bool {
        matches!(self, Self::SalesOrder | Self::PurchaseOrder)
    }

    /// The type of the orders whose lines it bills.
    pub const fn billed_order(self) -> Option<Self> {
        match self {
            Self::SalesInvoice => Some(Self::SalesOrder),
            Self::PurchaseInvoice => Some(Self::PurchaseOrder),
            _ => None,
        }
    }

    /// The quantity up to which the document bills lines of orders.
    pub const fn billing_basis(self) -> BillingBasis {
        match self.side() {
            TradeSide::Sale => BillingBasis::Ordered,
            TradeSide::Purchase => BillingBasis::Delivered,
        }
    }

    /// The state of a document that is no draft any more.
    pub const fn entered(self) -> DocumentStatus {
        match self {
            Self::Quotation => DocumentStatus::Sent,
            Self::SalesOrder | Self::PurchaseOrder => DocumentStatus::Confirmed,
            _ => DocumentStatus::Posted,
        }
    }

    /// Whether the document records a movement of money and has no lines.
    pub const fn moves_money(self) -> bool {
        matches!(self, Self::Receipt | Self::Payment)
    }

    /// Whether it lowers the amount of an invoice or a bill.
    pub const fn reduces(self) -> bool {
        matches!(self, Self::SalesCreditNote | Self::PurchaseCreditNote)
    }

    /// Whether it corrects an earlier document.
    pub const fn corrects(self) -> bool {
        self.reduces() || matches!(self, Self::SalesDebitNote)
    }

    /// Whether it debits the party's account.
    pub const fn debits_party(self) -> bool {
        matches!(self, Self::SalesInvoice | Self::SalesDebitNote | Self::PurchaseCreditNote | Self::Payment)
    }

    /// The types of documents that it corrects. A credit note takes back what an invoice or a debit note asked for, and a debit
    /// note asks for more than an invoice did or takes a credit note back.
    pub const fn corrected(self) -> &'static [Self] {
        match self {
            Self::SalesCreditNote => &[Self::SalesInvoice, Self::SalesDebitNote],
            Self::SalesDebitNote => &[Self::SalesInvoice, Self::SalesCreditNote],
            Self::PurchaseCreditNote => &[Self::PurchaseInvoice],
            _ => &[],
        }
    }

    /// Whether other documents correct it.
    pub fn is_corrected(self) -> bool {
        [Self::SalesCreditNote, Self::SalesDebitNote, Self::PurchaseCreditNote]
            .iter()
            .any(|note| note.corrected().contains(&self))
    }

    /// The code of the journal that takes its entry, unless it is money that moved.
    pub const fn journal_code(self) -> &'static str {
        match self.side() {
            TradeSide::Sale => "SALES",
            TradeSide::Purchase => "PURCHASE",
        }
    }

    /// The source kind of its journal entries; `None` where it makes none.
    pub const fn source(self) -> Option<EntrySourceKind> {
        match self {
            Self::Quotation | Self::SalesOrder | Self::PurchaseOrder => None,
            Self::SalesInvoice => Some(EntrySourceKind::SalesInvoice),
            Self::SalesCreditNote => Some(EntrySourceKind::SalesCreditNote),
            Self::SalesDebitNote => Some(EntrySourceKind::SalesDebitNote),
            Self::PurchaseInvoice => Some(EntrySourceKind::PurchaseInvoice),
            Self::PurchaseCreditNote => Some(EntrySourceKind::PurchaseCreditNote),
            Self::Receipt => Some(EntrySourceKind::Receipt),
            Self::Payment => Some(EntrySourceKind::Payment),
        }
    }

    /// Its name in both languages.
    pub const fn name(self) -> Phrase {
        match self {
            Self::Quotation => Phrase::new("Quotation", "عرض سعر"),
            Self::SalesOrder => Phrase::new("Sales order", "أمر بيع"),
            Self::PurchaseOrder => Phrase::new("Purchase order", "أمر شراء"),
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
