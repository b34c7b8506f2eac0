//! A document as a caller writes it, whatever its type.

use chrono::NaiveDate;
use domain::company::branch::BranchId;
use domain::documents::document_type::{InvoiceKind, PurchaseKind};
use domain::documents::note::NoteKind;
use domain::error::{Violation, Violations};
use domain::money::{Amount, CurrencyCode, Percentage, Rate};
use domain::parties::party::PartyId;
use domain::parties::payment_term::PaymentTermId;
use domain::tax::document::Discount;

use super::parts::{DocumentChargeBody, DocumentLineBody, PrepaymentBody};
use crate::documents::branch::DocumentBranch;
use crate::documents::ports::DocumentId;
use crate::reference::Reference;
use crate::tax::calculation::NAMED_TWICE;
use crate::wire::DimensionCodes;

/// The members of a body.
#[derive(Debug, Clone, Default)]
pub struct Input<'b> {
    pub party: Option<Reference<PartyId>>,
    pub branch: Option<Reference<BranchId>>,
    /// The branch of the confirmed order that the body changes.
    pub branch_before: Option<Option<DocumentBranch>>,
    pub document_date: Option<NaiveDate>,
    pub posting_date: Option<NaiveDate>,
    pub supply_date: Option<NaiveDate>,
    pub tax_date: Option<NaiveDate>,
    pub due_date: Option<NaiveDate>,
    pub currency: Option<CurrencyCode>,
    pub rate: Option<Rate>,
    pub prices_include_vat: Option<bool>,
    pub payment_term: Option<Reference<PaymentTermId>>,
    pub reference: Option<&'b str>,
    pub notes: Option<&'b str>,
    pub dimensions: Option<&'b DimensionCodes>,
    pub lines: &'b [DocumentLineBody],
    pub discount: (Option<Percentage>, Option<Amount>),
    pub charges: &'b [DocumentChargeBody],
    /// Whether prices are looked up again.
    pub reprice: bool,
    pub kind: Option<InvoiceKind>,
    /// The kind of a bill.
    pub purchase_kind: Option<PurchaseKind>,
    pub prepayments: &'b [PrepaymentBody],
    /// Whether it is posted at once.
    pub post: bool,
    /// A payment comes with it.
    pub paid_at_once: bool,
    /// The amount of that payment; by default the whole.
    pub payment_amount: Option<Amount>,
    /// The reason for going beyond the customer's credit limit.
    pub credit_override: Option<&'b str>,
    /// The reason for accepting other prices than ordered.
    pub accept_difference: Option<&'b str>,
    /// The last day of a quotation.
    pub valid_until: Option<NaiveDate>,
    pub note: Option<Note<'b>>,
    pub supplier: Option<Supplier<'b>>,
}

/// The reference of a note to the document that it corrects.
#[derive(Debug, Clone, Copy)]
pub struct Note<'b> {
    pub corrects: Option<DocumentId>,
    pub number: Option<&'b str>,
    pub date: Option<NaiveDate>,
    pub kind: NoteKind,
    pub reason: &'b str,
}

/// Number and totals of the supplier's own document.
#[derive(Debug, Clone, Copy)]
pub struct Supplier<'b> {
    pub number: Option<&'b str>,
    pub total: Option<Amount>,
    pub vat: Option<Amount>,
}

/// The discount that is meant, where at most one of two members is given.
pub(super) fn one_discount(
    at: &str,
    given: (Option<Percentage>, Option<Amount>),
    violations: &mut Violations,
) -> Option<Discount> {
    if let (Some(_), Some(_)) = given {
        let twice = Violation::new(&NAMED_TWICE).at(format!("{at}/discountAmount"));
        violations.push(twice.with("first", "discountPercent").with("second", "discountAmount"));
    }
    given.0.map(Discount::Percent).or(given.1.map(Discount::Amount))
}
