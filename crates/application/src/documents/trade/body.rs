//! The bodies of invoices, bills and notes.

use chrono::NaiveDate;
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::documents::document_type::{DocumentType, InvoiceKind, LineKind, PurchaseKind};
use domain::documents::money_document::PaymentMethod;
use domain::documents::note::NoteKind;
use domain::documents::supplier_number::SUPPLIER_NUMBER_LENGTH_MAX;
use domain::ids::AccountId;
use domain::items::item::ItemId;
use domain::items::unit::UnitId;
use domain::money::{Amount, CurrencyCode, Percentage, Price, Quantity, Rate};
use domain::parties::party::PartyId;
use domain::parties::payment_term::PaymentTermId;
use domain::tax::document::{CHARGES_MAX, LINES_MAX};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};

use super::input::{Input, Note, Supplier};
use crate::documents::ports::DocumentId;
use crate::documents::{DocumentBody, DocumentNames};
use crate::reference::by_id_or_code;
use crate::wire::{DimensionCodes, Int, List, Paragraphs, RequiredText, Text};
use crate::{document_names, request};

/// Longest notes of a document, in characters.
pub const NOTES_LENGTH_MAX: usize = 2_000;
/// Most prepayment invoices that one invoice deducts.
pub const PREPAYMENTS_MAX: usize = 100;

request! {
    /// A line of a document. It names an item, or says in words what it is for.
    pub struct DocumentLineBody {
        /// The item, by its id; give either the id or the code.
        item_id: Option<ItemId>,
        /// The item, by its code.
        item_code: Option<Code>,
        /// What the line is for; by default the name of the item.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Consulting, March",
        /// The number of units.
        quantity: Quantity => "1",
        /// The unit, by its id; by default the one in which the item is sold or bought.
        unit_id: Option<UnitId>,
        /// The unit, by its code.
        unit_code: Option<Code>,
        /// The price of one unit, or of as many as `priceBaseQuantity` says. By default that of the price list.
        unit_price: Option<Price> = "1000.00",
        /// The number of units that the price is for.
        price_base_quantity: Quantity => "1",
        /// The discount of the line in per cent. Give either a percentage or an amount.
        discount_percent: Option<Percentage>,
        /// The discount of the line as an amount.
        discount_amount: Option<Amount>,
        /// The tax code; by default that of the item, then that of the party.
        tax_code: Option<Code> = "S15",
        /// The account, by its id; by default the posting rules decide.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code>,
        /// The values of dimensions: dimension code to value code. They override those of the document.
        dimensions: Option<DimensionCodes>,
        /// The line of the corrected document that comes back. What is not given here is taken from there. Notes only.
        corrects_line_no: Option<Int<1, { LINES_MAX as i64 }>>,
        /// `tax_only` for import VAT on a customs bill: then `taxBase` and `taxAmount` are those of the declaration, and the
        /// line has neither quantity nor price.
        kind: LineKind => "standard",
        /// The value of the goods with duty, on which the VAT was charged. It is not part of what is owed.
        tax_base: Option<Amount>,
        /// The VAT.
        tax_amount: Option<Amount>,
    }

    /// A charge on the whole document, such as freight.
    pub struct DocumentChargeBody {
        /// The item that stands for the charge, by its id.
        item_id: Option<ItemId>,
        /// The item, by its code.
        item_code: Option<Code>,
        /// What the charge is for; by default the name of the item.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Freight",
        /// The amount.
        amount: Amount = "25.00",
        /// The tax code; by default that of the item, then that of the party.
        tax_code: Option<Code> = "S15",
        /// The account, by its id; by default the posting rules decide.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code>,
    }

    /// A prepayment invoice that is deducted.
    pub struct PrepaymentBody {
        /// The prepayment invoice.
        invoice_id: DocumentId,
        /// The amount without VAT that is deducted; by default as much as fits.
        net: Option<Amount>,
    }

    /// Money that is received with the invoice.
    pub struct PaymentAtOnceBody {
        /// The way in which it is paid.
        method: PaymentMethod = "cash",
        /// The amount; by default what the invoice comes to.
        amount: Option<Amount>,
        /// The account that takes the money, by its code; by default the posting rules decide by the method.
        account_code: Option<Code>,
        /// The number of the transfer, the cheque or the card's slip.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
    }
}

/// Declares the body of a document with the members that all of them have, and the function that reads these.
macro_rules! trade_body {
    (
        $(#[doc = $doc:literal])* pub struct $name:ident as $schema:ident, patched as $patch:ident {
            lines: $lines:ty $(= $example:tt)? $(=> $default:tt)?, $($own:tt)*
        }
    ) => {
        request! {
            $(#[doc = $doc])*
            pub struct $name as $schema, patched as $patch {
                /// The party, by its id; give either the id or the code.
                party_id: Option<PartyId>,
                /// The party, by its code.
                party_code: Option<Code> = "C-1001",
                /// The date of the document; today by default.
                document_date: Option<NaiveDate> = "2026-03-15",
                /// The date on which it enters the ledger; by default the date of the document, for documents of suppliers today.
                posting_date: Option<NaiveDate>,
                /// The day on which goods or services were supplied; by default the date of the document.
                supply_date: Option<NaiveDate>,
                /// The date that decides rates of tax and the period of the return. By default the earlier of supply and
                /// document, for documents of suppliers the posting date.
                tax_date: Option<NaiveDate>,
                /// The day on which the whole falls due; by default the payment terms decide.
                due_date: Option<NaiveDate>,
                /// The currency; by default that of the party, then that of the company.
                currency: Option<CurrencyCode>,
                /// Units of the company currency for one unit of the currency; by default the rate of the tax date.
                rate: Option<Rate>,
                /// Whether prices, discounts and charges include VAT; by default as the company profile says, for documents of
                /// suppliers not.
                prices_include_vat: Option<bool>,
                /// The payment terms, by their id; by default those of the party.
                payment_term_id: Option<PaymentTermId>,
                /// The payment terms, by their code.
                payment_term_code: Option<Code>,
                /// The other side's reference, such as the number of an order.
                reference: Option<Text<REFERENCE_LENGTH_MAX>> = "PO-4711",
                /// Notes that are shown on the document.
                notes: Option<Paragraphs<NOTES_LENGTH_MAX>>,
                /// The values of dimensions for lines that do not name their own: dimension code to value code.
                dimensions: Option<DimensionCodes>,
                /// The lines.
                lines: $lines $(= $example)? $(=> $default)?,
                /// A discount on the whole document, in per cent of its lines. Give either a percentage or an amount.
                discount_percent: Option<Percentage>,
                /// A discount on the whole document, as an amount.
                discount_amount: Option<Amount>,
                /// Charges on the whole document.
                charges: List<DocumentChargeBody, CHARGES_MAX> => [],
                /// Whether prices that came from a list or an item are looked up again. A draft keeps them otherwise, as long as its
                /// lines, its currency and `pricesIncludeVat` stay as they are.
                reprice: bool => false,
                /// Whether the document is posted at once; otherwise it is kept as a draft. Needs the permission to post.
                post: bool => false,
                $($own)*
            }
        }

        impl $name {
            /// What all documents have in common.
            fn common(&self) -> Input<'_> {
                Input {
                    party: by_id_or_code(self.party_id, self.party_code.clone()),
                    document_date: self.document_date,
                    posting_date: self.posting_date,
                    supply_date: self.supply_date,
                    tax_date: self.tax_date,
                    due_date: self.due_date,
                    currency: self.currency,
                    rate: self.rate,
                    prices_include_vat: self.prices_include_vat,
                    payment_term: by_id_or_code(self.payment_term_id, self.payment_term_code.clone()),
                    reference: self.reference.as_deref(),
                    notes: self.notes.as_deref(),
                    dimensions: self.dimensions.as_ref(),
                    lines: &self.lines.0,
                    discount: (self.discount_percent, self.discount_amount),
                    charges: &self.charges.0,
                    reprice: self.reprice,
                    kind: None,
                    purchase_kind: None,
                    prepayments: &[],
                    paid_at_once: false,
                    credit_override: None,
                    note: None,
                    supplier: None,
                }
            }
        }
    };
}

trade_body! {
    /// A new invoice to a customer.
    pub struct NewSalesInvoice as CreateSalesInvoiceBody, patched as UpdateSalesInvoiceBody {
        lines: List<DocumentLineBody, LINES_MAX, 1> = [{ "description": "Consulting, March", "quantity": "3", "unitPrice": "1000.00", "taxCode": "S15" }],
        /// `standard` to a business, `simplified` to a consumer, `prepayment` for money that is paid before anything is supplied;
        /// by default what the kind of the party asks for.
        kind: Option<InvoiceKind>,
        /// Prepayment invoices that are deducted.
        prepayments: List<PrepaymentBody, PREPAYMENTS_MAX> => [],
        /// The reason for which it is posted although the customer's credit limit does not reach. Needs the permission
        /// `sales.credit.override`.
        credit_override_reason: Option<RequiredText<DESCRIPTION_LENGTH_MAX>>,
        /// Money that is received with the invoice: a receipt is posted and allocated in the same step. Needs `post`.
        payment: Option<PaymentAtOnceBody>,
    }
}

trade_body! {
    /// A new note that gives a customer something back.
    pub struct NewSalesCreditNote as CreateSalesCreditNoteBody, patched as UpdateSalesCreditNoteBody {
        lines: List<DocumentLineBody, LINES_MAX> => [],
        /// The invoice that is corrected. Without lines, everything that is left of it is credited.
        corrects_id: Option<DocumentId>,
        /// The number of the corrected invoice, where another system made it.
        corrects_number: Option<Text<REFERENCE_LENGTH_MAX>> = "INV-2019-0815",
        /// The date of the corrected invoice, where another system made it.
        corrects_date: Option<NaiveDate> = "2019-11-30",
        /// `return` and `cancellation` take quantities back, `price` and `rebate` do not.
        kind: NoteKind => "return",
        /// The reason, which the note bears.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Two pieces came back",
    }
}

trade_body! {
    /// A new note that asks a customer for more.
    pub struct NewSalesDebitNote as CreateSalesDebitNoteBody, patched as UpdateSalesDebitNoteBody {
        lines: List<DocumentLineBody, LINES_MAX, 1> = [{ "description": "Difference of price", "quantity": "1", "unitPrice": "50.00", "taxCode": "S15" }],
        /// The invoice that is corrected.
        corrects_id: Option<DocumentId>,
        /// The number of the corrected invoice, where another system made it.
        corrects_number: Option<Text<REFERENCE_LENGTH_MAX>> = "INV-2019-0815",
        /// The date of the corrected invoice, where another system made it.
        corrects_date: Option<NaiveDate> = "2019-11-30",
        /// The reason, which the note bears.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "The price was too low",
    }
}

trade_body! {
    /// A new bill of a supplier.
    pub struct NewPurchaseInvoice as CreatePurchaseInvoiceBody, patched as UpdatePurchaseInvoiceBody {
        lines: List<DocumentLineBody, LINES_MAX, 1> = [{ "description": "Office rent, March", "quantity": "1", "unitPrice": "5000.00", "taxCode": "P15" }],
        /// `customs` for import VAT and duty that customs asks for; its lines of VAT are of the kind `tax_only`.
        kind: PurchaseKind => "standard",
        /// The number that the supplier gave the bill. No two bills of a supplier have the same; posting needs it.
        supplier_number: Option<Text<SUPPLIER_NUMBER_LENGTH_MAX>> = "A-2026-118",
        /// The total on the supplier's document. It is compared with what the lines come to.
        supplier_total: Option<Amount>,
        /// The VAT on the supplier's document. A difference of at most 0.05 is taken over, because his rounding decides.
        supplier_vat: Option<Amount>,
    }
}

trade_body! {
    /// A new note by which a supplier gives something back.
    pub struct NewPurchaseCreditNote as CreatePurchaseCreditNoteBody, patched as UpdatePurchaseCreditNoteBody {
        lines: List<DocumentLineBody, LINES_MAX> => [],
        /// The bill that is corrected. Without lines, everything that is left of it is credited.
        corrects_id: Option<DocumentId>,
        /// The number of the corrected bill, where another system has it.
        corrects_number: Option<Text<REFERENCE_LENGTH_MAX>> = "A-2025-90",
        /// The date of the corrected bill, where another system has it.
        corrects_date: Option<NaiveDate> = "2025-12-20",
        /// `return` and `cancellation` take quantities back, `price` and `rebate` do not.
        kind: NoteKind => "return",
        /// The reason.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Delivered damaged",
        /// The number that the supplier gave the note; posting needs it.
        supplier_number: Option<Text<SUPPLIER_NUMBER_LENGTH_MAX>> = "CR-77",
        /// The total on the supplier's document. It is compared with what the lines come to.
        supplier_total: Option<Amount>,
        /// The VAT on the supplier's document. A difference of at most 0.05 is taken over.
        supplier_vat: Option<Amount>,
    }
}

/// A body with lines and taxes.
pub trait TradeBody: DocumentBody {
    fn input(&self) -> Input<'_>;
    /// The payment that comes with an invoice.
    fn payment(&self) -> Option<&PaymentAtOnceBody> {
        None
    }
}

/// The note of a body that has its members.
macro_rules! note {
    ($body:ident, $kind:expr) => {
        Some(Note {
            corrects: $body.corrects_id,
            number: $body.corrects_number.as_deref(),
            date: $body.corrects_date,
            kind: $kind,
            reason: &$body.reason,
        })
    };
}

/// The supplier's own figures of a body that has them.
macro_rules! supplier {
    ($body:ident) => {
        Some(Supplier {
            number: $body.supplier_number.as_deref(),
            total: $body.supplier_total,
            vat: $body.supplier_vat,
        })
    };
}

macro_rules! trade_documents {
    ($($name:ident: $document_type:ident, $names:expr;)*) => {$(
        impl DocumentBody for $name {
            const TYPE: DocumentType = DocumentType::$document_type;
            const NAMES: DocumentNames = $names;

            fn post(&self) -> bool {
                self.post
            }
        }
    )*};
}

trade_documents! {
    NewSalesInvoice: SalesInvoice, document_names!(
        "sales", "sales_invoice", "sales_invoices", "/sales-invoices", "a sales invoice", "sales invoices",
        "Invoices to customers: standard, simplified and for prepayments.", "cancel"
    );
    NewSalesCreditNote: SalesCreditNote, document_names!(
        "sales", "sales_credit_note", "sales_credit_notes", "/sales-credit-notes", "a sales credit note", "sales credit notes",
        "Notes that give customers something back of an invoice.", "cancel"
    );
    NewSalesDebitNote: SalesDebitNote, document_names!(
        "sales", "sales_debit_note", "sales_debit_notes", "/sales-debit-notes", "a sales debit note", "sales debit notes",
        "Notes that ask customers for more than an invoice did.", "cancel"
    );
    NewPurchaseInvoice: PurchaseInvoice, document_names!(
        "purchase", "purchase_invoice", "purchase_invoices", "/purchase-invoices", "a purchase invoice", "purchase invoices",
        "Bills of suppliers.", "reverse"
    );
    NewPurchaseCreditNote: PurchaseCreditNote, document_names!(
        "purchase", "purchase_credit_note", "purchase_credit_notes", "/purchase-credit-notes", "a purchase credit note", "purchase credit notes",
        "Notes by which suppliers give something back of a bill.", "reverse"
    );
}

impl TradeBody for NewSalesInvoice {
    fn input(&self) -> Input<'_> {
        let paid_at_once = self.payment.is_some();
        let credit_override = self.credit_override_reason.as_deref();
        Input {
            kind: self.kind,
            prepayments: &self.prepayments.0,
            paid_at_once,
            credit_override,
            ..self.common()
        }
    }
    fn payment(&self) -> Option<&PaymentAtOnceBody> {
        self.payment.as_ref()
    }
}

impl TradeBody for NewSalesCreditNote {
    fn input(&self) -> Input<'_> {
        Input { note: note!(self, self.kind), ..self.common() }
    }
}

impl TradeBody for NewSalesDebitNote {
    fn input(&self) -> Input<'_> {
        Input { note: note!(self, NoteKind::Price), ..self.common() }
    }
}

impl TradeBody for NewPurchaseInvoice {
    fn input(&self) -> Input<'_> {
        Input { supplier: supplier!(self), purchase_kind: Some(self.kind), ..self.common() }
    }
}

impl TradeBody for NewPurchaseCreditNote {
    fn input(&self) -> Input<'_> {
        Input { note: note!(self, self.kind), supplier: supplier!(self), ..self.common() }
    }
}
