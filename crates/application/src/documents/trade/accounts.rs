//! The accounts that a document posts to, by the posting rules (R36).

use domain::accounting::posting_rule::{PostingKeys, PostingSlot};
use domain::documents::document_type::{DocumentType, InvoiceKind, TradeSide};
use domain::documents::note::NoteKind;
use domain::documents::posting::{CodeTax, VatAccount};
use domain::error::{Violation, Violations};
use domain::ids::AccountId;
use domain::money::{CurrencyCode, Percentage};
use domain::parties::party_group::PartyGroupId;
use domain::tax::tax_code::{IrrecoverableTo, TaxCode, TaxKind};

use super::facts::Facts;
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::reference::Reference;

/// The properties of a document that decide the posting slot of its lines.
#[derive(Debug, Clone, Copy)]
pub struct LineSlots {
    pub document_type: DocumentType,
    pub prepayment: bool,
    pub note: Option<NoteKind>,
}

impl LineSlots {
    pub fn new(document_type: DocumentType, kind: Option<InvoiceKind>, note: Option<NoteKind>) -> Self {
        Self { document_type, prepayment: kind == Some(InvoiceKind::Prepayment), note }
    }

    fn slot(self) -> PostingSlot {
        match self.document_type.side() {
            TradeSide::Purchase if self.note == Some(NoteKind::EarlyDiscount) => {
                PostingSlot::DiscountReceived
            }
            TradeSide::Sale if self.note == Some(NoteKind::EarlyDiscount) => PostingSlot::DiscountGranted,
            TradeSide::Purchase => PostingSlot::Expense,
            TradeSide::Sale if self.prepayment => PostingSlot::AdvanceCustomer,
            TradeSide::Sale if self.note.is_some_and(NoteKind::takes_quantity) => PostingSlot::SalesReturn,
            TradeSide::Sale => PostingSlot::Revenue,
        }
    }

    /// The account of a line: the one that it names, or that of the rules.
    pub fn account(
        self,
        facts: &Facts,
        named: Option<&Reference<AccountId>>,
        keys: &PostingKeys,
        at: &str,
        violations: &mut Violations,
    ) -> Option<AccountId> {
        let (id, member) = match named {
            Some(Reference::Id(id)) => (*id, "accountId"),
            Some(Reference::Code(code)) => match facts.accounts.get(code) {
                Some(id) => (*id, "accountCode"),
                None => {
                    let unknown = Violation::new(&ACCOUNT_CODE_UNKNOWN).at(format!("{at}/accountCode"));
                    violations.push(unknown.with("code", code));
                    return None;
                }
            },
            None => return violations.check(at, facts.profile.resolve(self.slot(), keys)),
        };
        let fits = facts.named_accounts.check(id, self.document_type.side(), &facts.profile);
        violations.check(&format!("{at}/{member}"), fits).map(|()| id)
    }
}

/// The account of the party.
pub fn party_account(
    facts: &Facts,
    side: TradeSide,
    group: Option<PartyGroupId>,
    currency: CurrencyCode,
    violations: &mut Violations,
) -> Option<AccountId> {
    let slot = if side == TradeSide::Sale { PostingSlot::Receivable } else { PostingSlot::Payable };
    let keys = PostingKeys { party_group: group, currency: Some(currency), ..PostingKeys::default() };
    violations.check("", facts.profile.resolve(slot, &keys))
}

/// The tax treatment of the lines of a tax code; `rate` is that of the tax date.
pub fn code_tax(
    facts: &Facts,
    code: &TaxCode,
    rate: Percentage,
    violations: &mut Violations,
) -> Option<CodeTax> {
    let keys = PostingKeys { tax_code: Some(code.id), tax_category: code.category, ..PostingKeys::default() };
    let mut account = |slot: PostingSlot| violations.check("", facts.profile.resolve(slot, &keys));
    let bears = !rate.is_zero();
    let mut vat = |slot: PostingSlot, return_box: &Option<domain::text::Code>| {
        let account = if bears { Some(account(slot)?) } else { None };
        Some(VatAccount { account, return_box: return_box.clone() })
    };
    let (vat, reverse_charge) = match code.kind {
        TaxKind::ReverseCharge => {
            let input = vat(PostingSlot::InputVatReverseCharge, &code.input_box)?;
            let output = vat(PostingSlot::OutputVatReverseCharge, &code.output_box)?;
            (input, Some((output, rate)))
        }
        TaxKind::Purchase => (vat(PostingSlot::InputVat, &code.input_box)?, None),
        TaxKind::Import => (vat(PostingSlot::InputVatCustoms, &code.input_box)?, None),
        _ => (vat(PostingSlot::OutputVat, &code.output_box)?, None),
    };
    let apart =
        code.irrecoverable_to == IrrecoverableTo::Account && code.recoverable_percent != Percentage::HUNDRED;
    let irrecoverable = if apart && bears {
        Some(violations.check("", facts.profile.resolve(PostingSlot::IrrecoverableVat, &keys))?)
    } else {
        None
    };
    Some(CodeTax {
        code: code.code.to_string(),
        vat,
        recoverable: code.recoverable_percent,
        irrecoverable,
        reverse_charge,
    })
}
