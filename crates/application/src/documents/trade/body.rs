//! The bodies of invoices, bills and notes.

use chrono::NaiveDate;
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::company::branch::BranchId;
use domain::documents::document_type::{InvoiceKind, PurchaseKind};
use domain::documents::note::NoteKind;
use domain::documents::supplier_number::SUPPLIER_NUMBER_LENGTH_MAX;
use domain::money::{Amount, CurrencyCode, Percentage, Rate};
use domain::parties::party::PartyId;
use domain::parties::payment_term::PaymentTermId;
use domain::tax::document::{CHARGES_MAX, LINES_MAX};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};

use super::input::{Input, Note};
use super::parts::{DocumentChargeBody, DocumentLineBody, PaymentAtOnceBody, PrepaymentBody};
use crate::documents::ports::DocumentId;
use crate::reference::by_id_or_code;
use crate::request;
use crate::wire::{DimensionCodes, List, Paragraphs, RequiredText, Text};

/// Longest notes of a document, in characters.
pub const NOTES_LENGTH_MAX: usize = 2_000;
/// Most prepayment invoices that one invoice deducts.
pub const PREPAYMENTS_MAX: usize = 100;

/// Declares a body with lines: the members that quotations, orders, invoices and notes have in common, and the function that
/// reads these. `$enters` is the member that asks for the step out of the draft at once.
macro_rules! lined_body {
    (
        $(#[doc = $doc:literal])* pub struct $name:ident as $schema:ident, patched as $patch:ident {
            lines: $lines:ty $(= $example:tt)? $(=> $default:tt)?,
            enters $enters:ident: $entering:literal;
            $($own:tt)*
        }
    ) => {
        request! {
            $(#[doc = $doc])*
            pub struct $name as $schema, patched as $patch {
                /// The party, by its id; give either the id or the code.
                party_id: Option<PartyId>,
                /// The party, by its code.
                party_code: Option<Code> = "C-1001",
                /// The branch, by its id; give either the id or the code. By default that of the documents that it corrects or bills,
                /// then the one that the company profile names, then the only active one. It does not change once there is a number.
                branch_id: Option<BranchId>,
                /// The branch, by its code.
                branch_code: Option<Code>,
                /// The date of the document; today by default.
                document_date: Option<NaiveDate> = "2026-03-15",
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
                #[doc = $entering]
                $enters: bool => false,
                $($own)*
            }
        }

        impl $name {
            /// The input that all documents with lines have in common.
            pub(in crate::documents) fn lined(&self) -> Input<'_> {
                Input {
                    party: by_id_or_code(self.party_id, self.party_code.clone()),
                    branch: by_id_or_code(self.branch_id, self.branch_code.clone()),
                    document_date: self.document_date,
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
                    post: self.$enters,
                    ..Input::default()
                }
            }
        }
    };
}
pub(in crate::documents) use lined_body;

/// Declares the body of a document that enters the ledger, with the dates that decide where.
macro_rules! trade_body {
    (
        $(#[doc = $doc:literal])* pub struct $name:ident as $schema:ident, patched as $patch:ident {
            lines: $lines:ty $(= $example:tt)? $(=> $default:tt)?, $($own:tt)*
        }
    ) => {
        lined_body! {
            $(#[doc = $doc])*
            pub struct $name as $schema, patched as $patch {
                lines: $lines $(= $example)? $(=> $default)?,
                enters post: "Whether the document is posted at once; otherwise it is kept as a draft. Needs the permission to post.";
                /// The date on which it enters the ledger; by default the date of the document, for documents of suppliers today.
                posting_date: Option<NaiveDate>,
                /// The day on which goods or services were supplied; by default the date of the document.
                supply_date: Option<NaiveDate>,
                /// The date that decides rates of tax and the period of the return. By default the earlier of supply and
                /// document, for documents of suppliers the posting date.
                tax_date: Option<NaiveDate>,
                /// The day on which the whole falls due; by default the payment terms decide.
                due_date: Option<NaiveDate>,
                $($own)*
            }
        }

        impl $name {
            /// The input that all documents of the ledger have in common.
            pub(super) fn common(&self) -> Input<'_> {
                Input {
                    posting_date: self.posting_date,
                    supply_date: self.supply_date,
                    tax_date: self.tax_date,
                    due_date: self.due_date,
                    ..self.lined()
                }
            }
        }
    };
}

/// Declares the body of a note, with the members that name what it corrects and why.
macro_rules! note_body {
    (
        $(#[doc = $doc:literal])* pub struct $name:ident as $schema:ident, patched as $patch:ident {
            lines: $lines:ty $(= $example:tt)? $(=> $default:tt)?,
            corrects: $corrects:literal, $number:literal, $date:literal, because $reason:literal; $($own:tt)*
        }
    ) => {
        trade_body! {
            $(#[doc = $doc])*
            pub struct $name as $schema, patched as $patch {
                lines: $lines $(= $example)? $(=> $default)?,
                #[doc = $corrects]
                corrects_id: Option<DocumentId>,
                /// The number of the corrected document, where another system made it.
                corrects_number: Option<Text<REFERENCE_LENGTH_MAX>> = $number,
                /// The date of the corrected document, where another system made it.
                corrects_date: Option<NaiveDate> = $date,
                /// The reason, which the note bears.
                reason: RequiredText<DESCRIPTION_LENGTH_MAX> = $reason,
                $($own)*
            }
        }

        impl $name {
            pub(super) fn note(&self, kind: NoteKind) -> Option<Note<'_>> {
                Some(Note {
                    corrects: self.corrects_id,
                    number: self.corrects_number.as_deref(),
                    date: self.corrects_date,
                    kind,
                    reason: &self.reason,
                })
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

note_body! {
    /// A new note that gives a customer something back.
    pub struct NewSalesCreditNote as CreateSalesCreditNoteBody, patched as UpdateSalesCreditNoteBody {
        lines: List<DocumentLineBody, LINES_MAX> => [],
        corrects: "The invoice or the debit note that is corrected. Without lines, everything that is left of it is credited.",
        "INV-2019-0815", "2019-11-30", because "Two pieces came back";
        /// `return` and `cancellation` take quantities back; `price`, `rebate` and `early_discount` do not.
        kind: NoteKind => "return",
    }
}

note_body! {
    /// A new note that asks a customer for more.
    pub struct NewSalesDebitNote as CreateSalesDebitNoteBody, patched as UpdateSalesDebitNoteBody {
        lines: List<DocumentLineBody, LINES_MAX> => [],
        corrects: "The invoice of which more is asked for, or the credit note that is taken back. Without lines, everything that is left of a credit note is taken back.",
        "INV-2019-0815", "2019-11-30", because "The price was too low";
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
        /// The total on the supplier's document. It is compared with the computed total.
        supplier_total: Option<Amount>,
        /// The VAT on the supplier's document. A difference of at most 0.05 is taken over, because his rounding decides.
        supplier_vat: Option<Amount>,
        /// The reason for which prices beyond the company's tolerance of the order are accepted, or import VAT that is not what the
        /// rate makes of its base. Needs the permission `purchase.invoice.accept_difference`.
        accept_difference_reason: Option<RequiredText<DESCRIPTION_LENGTH_MAX>>,
    }
}

note_body! {
    /// A new note by which a supplier gives something back.
    pub struct NewPurchaseCreditNote as CreatePurchaseCreditNoteBody, patched as UpdatePurchaseCreditNoteBody {
        lines: List<DocumentLineBody, LINES_MAX> => [],
        corrects: "The bill that is corrected. Without lines, everything that is left of it is credited.",
        "A-2025-90", "2025-12-20", because "Delivered damaged";
        /// `return` and `cancellation` take quantities back; `price`, `rebate` and `early_discount` do not.
        kind: NoteKind => "return",
        /// The number that the supplier gave the note; posting needs it.
        supplier_number: Option<Text<SUPPLIER_NUMBER_LENGTH_MAX>> = "CR-77",
        /// The total on the supplier's document. It is compared with the computed total.
        supplier_total: Option<Amount>,
        /// The VAT on the supplier's document. A difference of at most 0.05 is taken over.
        supplier_vat: Option<Amount>,
    }
}
