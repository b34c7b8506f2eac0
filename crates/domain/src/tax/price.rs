//! The amounts of a document before tax, with everything that is wrong with them.

use super::calculate::{
    DISCOUNT_EXCEEDS_AMOUNT, PRICE_BASE_QUANTITY_NOT_POSITIVE, TAX_AMOUNT_NEGATIVE, TAX_REASONS_MIXED,
};
use super::document::{Discount, Document, Line};
use super::exemption::ExemptionReason;
use crate::error::{Violation, Violations};
use crate::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED, Amount, Currency};

/// A line as it is priced: `amount - discount + charge`, with or without VAT as the document's prices are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Priced {
    pub amount: Amount,
    pub discount: Amount,
    pub charge: Amount,
    pub total: Amount,
}

/// The lines and the document's discount. `None` when something is wrong, which is in `violations` then.
pub(super) fn price(document: &Document, violations: &mut Violations) -> Option<(Vec<Priced>, Amount)> {
    let before = violations.len();
    let lines = document.lines.iter().enumerate();
    let lines: Vec<Priced> =
        lines.filter_map(|(index, line)| priced(line, document.currency, index, violations)).collect();
    for (index, charge) in document.charges.iter().enumerate() {
        violations.check(&format!("/charges/{index}/amount"), given(charge.amount, document.currency));
    }
    check_reasons(document, violations);
    if let Some(Discount::Amount(amount)) = document.discount {
        violations.check("/documentDiscountAmount", given(amount, document.currency));
    }
    if violations.len() != before {
        return None;
    }
    let Some(sum) = Amount::sum(lines.iter().map(|line| line.total)) else {
        violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE));
        return None;
    };
    let discount = violations.check("", discounted(document.discount, sum, document.currency, DOCUMENT))?;
    Some((lines, discount))
}

fn priced(line: &Line, currency: Currency, index: usize, violations: &mut Violations) -> Option<Priced> {
    let at = |member: &str| format!("/lines/{index}/{member}");
    let before = violations.len();
    let negative = || Violation::new(&TAX_AMOUNT_NEGATIVE);
    if line.quantity.is_negative() {
        violations.push(negative().at(at("quantity")));
    }
    if line.unit_price.is_negative() {
        violations.push(negative().at(at("unitPrice")));
    }
    if !line.price_base_quantity.is_positive() {
        violations.push(Violation::new(&PRICE_BASE_QUANTITY_NOT_POSITIVE).at(at("priceBaseQuantity")));
    }
    violations.check(&at("chargeAmount"), given(line.charge, currency));
    if let Some(Discount::Amount(amount)) = line.discount {
        violations.check(&at("discountAmount"), given(amount, currency));
    }
    if violations.len() != before {
        return None;
    }
    let too_large = || Violation::new(&AMOUNT_OUT_OF_RANGE);
    let amount = line.unit_price.amount_of(line.quantity, line.price_base_quantity, currency.scale);
    let amount = violations.check(&format!("/lines/{index}"), amount.ok_or_else(too_large))?;
    let discount = discounted(line.discount, amount, currency, LINE);
    let discount = violations.check(&format!("/lines/{index}"), discount)?;
    let total = amount.checked_sub(discount).and_then(|rest| rest.checked_add(line.charge));
    let total = violations.check(&format!("/lines/{index}"), total.ok_or_else(too_large))?;
    Some(Priced { amount, discount, charge: line.charge, total })
}

/// The member that holds a discount's amount.
const LINE: &str = "/discountAmount";
const DOCUMENT: &str = "/documentDiscountAmount";

/// An amount that the caller gave: not negative, and with no more decimals than the currency.
pub(super) fn given(amount: Amount, currency: Currency) -> Result<Amount, Violation> {
    if amount.is_negative() {
        return Err(Violation::new(&TAX_AMOUNT_NEGATIVE));
    }
    if amount.fits(currency.scale) {
        return Ok(amount);
    }
    Err(Violation::new(&AMOUNT_SCALE_EXCEEDED)
        .with("currency", currency.code)
        .with("decimals", currency.scale)
        .with("value", amount.display(currency.scale)))
}

/// The amount of a discount, which is at most what there is; more is refused at `member`.
fn discounted(
    discount: Option<Discount>,
    amount: Amount,
    currency: Currency,
    member: &str,
) -> Result<Amount, Violation> {
    match discount {
        None => Ok(Amount::ZERO),
        Some(Discount::Percent(percent)) => {
            percent.of(amount, currency.scale).ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE))
        }
        Some(Discount::Amount(given)) if given > amount => Err(Violation::new(&DISCOUNT_EXCEEDS_AMOUNT)
            .with("discount", given.display(currency.scale))
            .with("amount", amount.display(currency.scale))
            .at(member)),
        Some(Discount::Amount(given)) => Ok(given),
    }
}

/// Validators of e-invoices compare the breakdown of a category with all lines of the category (BR-Z-08, BR-E-08, BR-O-08), so
/// two reasons of one category could never tie.
fn check_reasons(document: &Document, violations: &mut Violations) {
    let lines = document.lines.iter().enumerate().map(|(index, line)| ("lines", index, line.tax));
    let charges = document.charges.iter().enumerate().map(|(index, charge)| ("charges", index, charge.tax));
    let mut first: Vec<ExemptionReason> = Vec::new();
    let mut mixed = Vec::new();
    for (list, index, tax) in lines.chain(charges) {
        let Some(reason) = tax.reason() else { continue };
        match first.iter().find(|known| known.category() == reason.category()) {
            None => first.push(reason),
            Some(known) if *known != reason && !mixed.contains(&reason.category()) => {
                mixed.push(reason.category());
                let violation = Violation::new(&TAX_REASONS_MIXED).at(format!("/{list}/{index}"));
                let violation = violation.with("category", reason.category());
                violations.push(violation.with("first", known).with("other", reason));
            }
            Some(_) => {}
        }
    }
}
