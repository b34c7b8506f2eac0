//! Comparison of the price on a bill with that of the order (R86).

use crate::money::{Amount, Percentage, Price, Quantity};

crate::errors! {
    TOLERANCE_NEGATIVE = "tolerance_negative", Rule, User,
        "A tolerance is not negative.", "لا يكون حد السماح سالبًا.";
}

/// Decimals of a line's value before it is rounded: six of the price and six of the quantity, or four of an amount and eight.
const AMOUNT_STEP: i128 = 100_000_000;
const HUNDRED_PERCENT: i128 = 1_000_000;
/// What divisions may cut off a value, in its last decimals.
const CUT_OFF: i128 = 10;
/// Half a hundredth, by which a price was rounded that was written with VAT here and without there.
const HALF_HUNDREDTH: i128 = 5_000_000_000;
/// A discount in money is rounded to so much where it is shared out.
const HUNDREDTH: i128 = 10_000_000_000;

/// Quantity, price and discount of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedLine {
    /// The quantity in the unit of the line.
    pub quantity: Quantity,
    pub unit_price: Price,
    pub price_base_quantity: Quantity,
    pub discount_percent: Percentage,
    /// The discount of the whole line that was given as an amount.
    pub discount_amount: Amount,
    /// The quantity in base units.
    pub base_quantity: Quantity,
    pub document: DocumentBasis,
}

/// What a document does to the prices of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocumentBasis {
    /// The document's discount in per cent.
    pub discount_percent: Percentage,
    /// The document's discount in money, and the amount that it is taken off.
    pub discount: Option<(Amount, Amount)>,
    /// The rate of the VAT that the prices include.
    pub vat: Option<Percentage>,
}

impl DocumentBasis {
    /// What is left of a value without the discount of the document and without VAT.
    fn net(&self, value: i128) -> Option<i128> {
        let kept = HUNDRED_PERCENT - i128::from(self.discount_percent.scaled());
        let mut net = value.checked_mul(kept)? / HUNDRED_PERCENT;
        if let Some((discount, of)) = self.discount.filter(|(_, of)| of.is_positive()) {
            let (discount, of) = (i128::from(discount.scaled()), i128::from(of.scaled()));
            net = net.checked_mul(of - discount)? / of;
        }
        match self.vat {
            Some(rate) => {
                Some(net.checked_mul(HUNDRED_PERCENT)? / (HUNDRED_PERCENT + i128::from(rate.scaled())))
            }
            None => Some(net),
        }
    }
}

/// The difference that a company lets pass: whichever of the two is larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PriceTolerance {
    pub percent: Percentage,
    /// The difference for one base unit.
    pub amount: Amount,
}

impl PricedLine {
    /// The price of one base unit without VAT, after all discounts, rounded half-up. `None` when it does not fit.
    pub fn net_price(&self) -> Option<Price> {
        let (value, base) = (self.value()?, i128::from(self.base_quantity.scaled()));
        let rounded = value.checked_add(base / 2)?.checked_div(base)?;
        i64::try_from(rounded).ok().map(Price::from_scaled)
    }

    /// The value of the line without VAT, with twelve decimals.
    fn value(&self) -> Option<i128> {
        let gross = i128::from(self.unit_price.scaled()).checked_mul(i128::from(self.quantity.scaled()))?;
        let per = i128::from(self.price_base_quantity.scaled());
        let gross = gross.checked_mul(i128::from(Quantity::ONE.scaled()))?.checked_div(per)?;
        let kept = HUNDRED_PERCENT - i128::from(self.discount_percent.scaled());
        let net = gross.checked_mul(kept)? / HUNDRED_PERCENT;
        let net = net.checked_sub(i128::from(self.discount_amount.scaled()).checked_mul(AMOUNT_STEP)?)?;
        self.document.net(net)
    }

    /// What sharing out discounts in money may have rounded off its value.
    fn rounded(&self) -> i128 {
        let shared = [!self.discount_amount.is_zero(), self.document.discount.is_some()];
        if shared.contains(&true) { HUNDREDTH } else { 0 }
    }

    /// What rounding of its price may have changed of its value.
    fn price_rounded(&self) -> Option<i128> {
        let (quantity, per) =
            (i128::from(self.quantity.scaled()), i128::from(self.price_base_quantity.scaled()));
        HALF_HUNDREDTH.checked_mul(quantity)?.checked_div(per)
    }
}

/// Whether a billed price is within the tolerance of the ordered one. Prices are compared for one base unit, so that an order in
/// boxes may be billed in pieces. Amounts that do not fit are no match.
pub fn prices_match(ordered: &PricedLine, billed: &PricedLine, tolerance: PriceTolerance) -> bool {
    compare(ordered, billed, tolerance).unwrap_or(false)
}

fn compare(ordered: &PricedLine, billed: &PricedLine, tolerance: PriceTolerance) -> Option<bool> {
    let base = |line: &PricedLine| i128::from(line.base_quantity.scaled());
    // For the billed quantity, the ordered price comes to `wanted / base(ordered)`.
    let wanted = ordered.value()?.checked_mul(base(billed))?;
    let found = billed.value()?.checked_mul(base(ordered))?;
    let difference = (wanted - found).abs();
    let by_percent = wanted.abs().checked_mul(i128::from(tolerance.percent.scaled()))? / HUNDRED_PERCENT;
    let unit = i128::from(Quantity::ONE.scaled());
    let by_amount = i128::from(tolerance.amount.scaled())
        .checked_mul(AMOUNT_STEP)?
        .checked_mul(base(billed))?
        .checked_div(unit)?
        .checked_mul(base(ordered))?;
    // A discount in money was rounded when it was spread over the bills of the order, and a price when VAT was added to it.
    let cut_off = CUT_OFF.checked_mul(base(ordered).checked_add(base(billed))?)?;
    let mut rounded = ordered.rounded().max(billed.rounded()).checked_mul(base(ordered))?;
    if ordered.document.vat != billed.document.vat {
        rounded = rounded.checked_add(billed.price_rounded()?.checked_mul(base(ordered))?)?;
    }
    Some(difference <= by_percent.max(by_amount).max(rounded).checked_add(cut_off)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: &str, price: &str, base: &str) -> PricedLine {
        PricedLine {
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: Price::parse(price).unwrap(),
            price_base_quantity: Quantity::ONE,
            discount_percent: Percentage::parse("0").unwrap(),
            discount_amount: Amount::ZERO,
            base_quantity: Quantity::parse(base).unwrap(),
            document: DocumentBasis::default(),
        }
    }

    fn with_vat(line: PricedLine) -> PricedLine {
        let vat = Some(Percentage::parse("15").unwrap());
        PricedLine { document: DocumentBasis { vat, ..line.document }, ..line }
    }

    fn tolerance(percent: &str, amount: &str) -> PriceTolerance {
        PriceTolerance {
            percent: Percentage::parse(percent).unwrap(),
            amount: Amount::parse(amount).unwrap(),
        }
    }

    #[test]
    fn a_price_is_compared_for_one_base_unit() {
        let none = PriceTolerance::default();
        let ordered = line("10", "50.00", "10");
        assert!(prices_match(&ordered, &line("3", "50.00", "3"), none));
        assert!(!prices_match(&ordered, &line("3", "50.01", "3"), none));
        assert!(!prices_match(&ordered, &line("3", "49.99", "3"), none));
        assert!(
            prices_match(&line("5", "120.00", "60"), &line("12", "10.00", "12"), none),
            "boxes of 12 in pieces"
        );
        let cheap =
            PricedLine { discount_percent: Percentage::parse("10").unwrap(), ..line("10", "50.00", "10") };
        assert!(prices_match(&cheap, &line("2", "45.00", "2"), none));
    }

    #[test]
    fn the_larger_tolerance_decides() {
        let ordered = line("10", "50.00", "10");
        assert!(prices_match(&ordered, &line("3", "51.00", "3"), tolerance("2", "0")));
        assert!(!prices_match(&ordered, &line("3", "51.01", "3"), tolerance("2", "0.99")));
        assert!(prices_match(&ordered, &line("3", "51.01", "3"), tolerance("2", "1.01")));
    }

    #[test]
    fn a_discount_in_money_may_differ_by_its_rounding() {
        let ordered =
            PricedLine { discount_amount: Amount::parse("10.00").unwrap(), ..line("3", "50.00", "3") };
        let billed =
            PricedLine { discount_amount: Amount::parse("3.33").unwrap(), ..line("1", "50.00", "1") };
        assert!(prices_match(&ordered, &billed, PriceTolerance::default()));
        let less = PricedLine { discount_amount: Amount::parse("3.30").unwrap(), ..billed };
        assert!(!prices_match(&ordered, &less, PriceTolerance::default()));
    }

    #[test]
    fn prices_with_and_without_vat_are_compared_without_it() {
        let none = PriceTolerance::default();
        let ordered = line("4", "10.00", "4");
        assert!(prices_match(&ordered, &with_vat(line("1", "11.50", "1")), none));
        assert!(!prices_match(&ordered, &with_vat(line("1", "10.00", "1")), none));
        assert!(!prices_match(&ordered, &with_vat(line("1", "11.52", "1")), none));
        assert!(prices_match(&with_vat(line("7", "9.99", "7")), &with_vat(line("3", "9.99", "3")), none));
        // 8.70 with VAT is 10.005.
        assert!(prices_match(&line("1", "8.70", "1"), &with_vat(line("100", "10.01", "100")), none));
        assert!(!prices_match(&line("1", "8.70", "1"), &with_vat(line("100", "10.02", "100")), none));
        assert_eq!(with_vat(line("3", "11.50", "3")).net_price(), Price::parse("10").ok());
    }

    #[test]
    fn the_discount_of_the_document_belongs_to_the_price() {
        let none = PriceTolerance::default();
        let percent =
            DocumentBasis { discount_percent: Percentage::parse("10").unwrap(), ..DocumentBasis::default() };
        let ordered = PricedLine { document: percent, ..line("4", "10.00", "4") };
        assert!(!prices_match(&ordered, &line("2", "10.00", "2"), none));
        assert!(prices_match(&ordered, &line("2", "9.00", "2"), none));
        assert!(prices_match(&ordered, &PricedLine { document: percent, ..line("3", "10.00", "3") }, none));
        let money = |less: &str, of: &str| {
            let amount = |text: &str| Amount::parse(text).unwrap();
            DocumentBasis { discount: Some((amount(less), amount(of))), ..DocumentBasis::default() }
        };
        let ordered = PricedLine { document: money("10.00", "90.00"), ..line("3", "30.00", "3") };
        let billed = |less| PricedLine { document: money(less, "30.00"), ..line("1", "30.00", "1") };
        assert!(prices_match(&ordered, &billed("3.33"), none));
        assert!(!prices_match(&ordered, &billed("3.30"), none));
    }
}
