//! Checks that only apply to posting: a draft may still fail them.

use domain::documents::document_type::{DocumentType, InvoiceKind, TradeSide};
use domain::documents::note::NoteKind;
use domain::documents::supplier_number::check_supplier_number;
use domain::error::{Phrase, Violation, Violations};
use domain::items::item::{Blocked, Item, ItemKind};
use domain::money::{Amount, Currency};
use domain::parties::address::{Address, AddressRole};
use domain::parties::party::{Party, PartyKind};
use domain::parties::roles::{CustomerBlock, SupplierBlock};
use domain::tax::category::TaxCategory;
use domain::tax::tax_code::TaxCode;

use super::facts::Facts;
use super::input::Input;
use crate::documents::error::{
    BUYER_ADDRESS_INCOMPLETE, BUYER_NOT_REGISTERED, ITEM_BLOCKED, PARTY_BLOCKED, PAYMENT_REQUIRED,
    SELLER_NOT_REGISTERED, STOCK_NOT_AVAILABLE, SUPPLIER_NUMBER_MISSING,
};
use crate::reference::Reference;

/// A document with everything that its posting is checked against.
pub struct PostingCheck<'a> {
    pub document_type: DocumentType,
    pub kind: Option<InvoiceKind>,
    pub party: &'a Party,
    pub input: &'a Input<'a>,
    /// What is left to pay.
    pub payable: (Amount, Currency),
    pub facts: &'a Facts,
    /// The items of lines, each with the member that names it.
    pub items: Vec<(String, &'a Item)>,
    pub categories: Vec<TaxCategory>,
    /// Lines, charges and lines of tax only, with the tax codes whose VAT they recover.
    pub recovering: Vec<(&'a str, &'a TaxCode)>,
}

/// The form of an invoice to a party that did not ask for one.
pub fn default_kind(party: &Party) -> InvoiceKind {
    match party.kind {
        PartyKind::Company | PartyKind::Government if !party.anonymous => InvoiceKind::Standard,
        _ => InvoiceKind::Simplified,
    }
}

impl PostingCheck<'_> {
    pub fn refusals(&self) -> Vec<Violation> {
        let mut violations = Violations::new();
        self.check_party(&mut violations);
        self.check_lines(&mut violations);
        if self.document_type.side() == TradeSide::Sale && self.document_type.posts() {
            let taxed = [TaxCategory::Standard, TaxCategory::Zero];
            let charges = self.categories.iter().any(|category| taxed.contains(category));
            if charges && !self.facts.company.is_vat_registered() {
                violations.push(Violation::new(&SELLER_NOT_REGISTERED));
            }
            if self.kind == Some(InvoiceKind::Standard) {
                self.check_address(&mut violations);
            }
            violations.check("", self.check_paid());
        }
        // What was bought while the company had a number may still be given back.
        let buys = self.document_type.side() == TradeSide::Purchase && !self.document_type.corrects();
        if buys && self.document_type.posts() && !self.facts.company.is_vat_registered() {
            for (at, code) in &self.recovering {
                let refused = Violation::new(&BUYER_NOT_REGISTERED).at(format!("{at}/taxCode"));
                violations.push(refused.with("code", &code.code));
            }
        }
        let number = self.input.supplier.and_then(|supplier| supplier.number).unwrap_or_default().trim();
        if !number.is_empty() {
            let checked = check_supplier_number(number);
            violations.check("", checked.map_err(|refused| refused.at("/supplierNumber")));
        }
        let unnumbered = self
            .input
            .supplier
            .is_some_and(|supplier| supplier.number.is_none_or(|number| number.trim().is_empty()));
        // The buyer takes a discount for early payment, so the supplier may send nothing.
        let taken = self.input.note.is_some_and(|note| note.kind == NoteKind::EarlyDiscount);
        if unnumbered && !taken {
            violations.push(Violation::new(&SUPPLIER_NUMBER_MISSING).at("/supplierNumber"));
        }
        violations.into_vec()
    }

    /// Who stands for customers without a name pays the whole invoice at once: nobody else would owe the rest (R40).
    fn check_paid(&self) -> Result<(), Violation> {
        let anonymous = self.party.anonymous && self.document_type == DocumentType::SalesInvoice;
        let (payable, currency) = self.payable;
        let paid = match (self.input.paid_at_once, self.input.payment_amount) {
            (false, _) => Amount::ZERO,
            (true, None) => payable,
            (true, Some(amount)) => amount,
        };
        if !anonymous || paid >= payable {
            return Ok(());
        }
        let at = if self.input.paid_at_once { "/payment/amount" } else { "/payment" };
        let required = Violation::new(&PAYMENT_REQUIRED).at(at).with("party", &self.party.code);
        Err(required.with("amount", payable.display(currency.scale)).with("currency", currency.code))
    }

    fn party_at(&self) -> &'static str {
        Reference::member(self.input.party.as_ref(), "/partyId", "/partyCode")
    }

    fn check_party(&self, violations: &mut Violations) {
        let reason = match self.document_type.side() {
            TradeSide::Sale => self.party.customer.as_ref().and_then(|customer| {
                let stopped = match self.document_type.posts() {
                    true => CustomerBlock::Invoices,
                    false => CustomerBlock::Orders,
                };
                let blocked = customer.blocked == stopped || customer.blocked == CustomerBlock::All;
                blocked.then(|| customer.blocked_reason.clone().unwrap_or_default())
            }),
            TradeSide::Purchase => self.party.supplier.as_ref().and_then(|supplier| {
                let orders = !self.document_type.posts() && supplier.blocked == SupplierBlock::Orders;
                let blocked = orders || supplier.blocked == SupplierBlock::All;
                blocked.then(|| supplier.blocked_reason.clone().unwrap_or_default())
            }),
        };
        // Goods sold before the block may still be returned.
        if let Some(reason) = reason.filter(|_| !self.document_type.corrects()) {
            let blocked = Violation::new(&PARTY_BLOCKED).at(self.party_at()).with("party", &self.party.code);
            violations.push(blocked.with("reason", reason));
        }
    }

    fn check_lines(&self, violations: &mut Violations) {
        let side = self.document_type.side();
        for (at, item) in &self.items {
            let blocked = match side {
                TradeSide::Sale => matches!(item.blocked, Blocked::Sales | Blocked::All),
                TradeSide::Purchase => matches!(item.blocked, Blocked::Purchases | Blocked::All),
            };
            if blocked && !self.document_type.corrects() {
                let refused = Violation::new(&ITEM_BLOCKED).at(at.clone()).with("item", &item.code);
                violations.push(refused.with("reason", item.blocked_reason.clone().unwrap_or_default()));
            }
            if item.kind == ItemKind::Stock && self.document_type.posts() {
                let stock = Violation::new(&STOCK_NOT_AVAILABLE).at(at.clone());
                violations.push(stock.with("item", &item.code));
            }
        }
    }

    fn check_address(&self, violations: &mut Violations) {
        let role =
            |role: AddressRole| self.party.addresses.iter().find(|address| address.roles.contains(&role));
        let address = role(AddressRole::Legal).or_else(|| role(AddressRole::Billing));
        let missing = missing_parts(address.or(self.party.addresses.first()));
        if !missing.is_empty() {
            let incomplete = Violation::new(&BUYER_ADDRESS_INCOMPLETE).at(self.party_at());
            let incomplete = incomplete.with("party", &self.party.code);
            violations.push(incomplete.with_phrase("parts", Phrase::joined(&missing)));
        }
    }
}

/// The parts that an invoice needs of an address: more of them in Saudi Arabia (R42).
fn missing_parts(address: Option<&Address>) -> Vec<Phrase> {
    let given = |part: fn(&Address) -> bool| address.is_some_and(part);
    let saudi = address.is_none_or(|address| address.country.is_saudi());
    let parts = [
        (true, given(|address| address.street.is_some()), Phrase::new("street", "الشارع")),
        (
            saudi,
            given(|address| address.building_number.is_some()),
            Phrase::new("building number", "رقم المبنى"),
        ),
        (saudi, given(|address| address.district.is_some()), Phrase::new("district", "الحي")),
        (true, given(|address| address.city.is_some()), Phrase::new("city", "المدينة")),
        (saudi, given(|address| address.postal_code.is_some()), Phrase::new("postal code", "الرمز البريدي")),
    ];
    parts.into_iter().filter(|(wanted, given, _)| *wanted && !given).map(|(_, _, phrase)| phrase).collect()
}
