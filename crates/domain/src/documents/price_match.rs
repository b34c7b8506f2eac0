//! Comparison of the price on a bill with that of the order (R86).

use crate::money::{Amount, Percentage, Price, Quantity};

crate::errors! {
    TOLERANCE_NEGATIVE = "tolerance_negative", Rule, User,
        "A tolerance is not negative.", "لا يكون حد السماح سالبًا.";
}

/// Decimals of a line's value before it is rounded: six of the price and six of the quantity, or four of an amount and eight.
const AMOUNT_STEP: i128 = 100_000_000;
const HUNDRED_PERCENT: i128 = 1_000_000;

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
}

/// The difference that a company lets pass: whichever of the two is larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PriceTolerance {
    pub percent: Percentage,
    /// The difference for one base unit.
    pub amount: Amount,
}

impl PricedLine {
    /// The value of the line with twelve decimals.
    fn value(&self) -> Option<i128> {
        let gross = i128::from(self.unit_price.scaled()).checked_mul(i128::from(self.quantity.scaled()))?;
        let per = i128::from(self.price_base_quantity.scaled());
        let gross = gross.checked_mul(i128::from(Quantity::ONE.scaled()))?.checked_div(per)?;
        let kept = HUNDRED_PERCENT - i128::from(self.discount_percent.scaled());
        let net = gross.checked_mul(kept)? / HUNDRED_PERCENT;
        net.checked_sub(i128::from(self.discount_amount.scaled()).checked_mul(AMOUNT_STEP)?)
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
    // A discount in money was rounded when it was spread over the bills of the order.
    let rounded = match ordered.discount_amount.is_zero() && billed.discount_amount.is_zero() {
        true => 0,
        false => {
            Amount::parse("0.01").ok().map(|step| i128::from(step.scaled()))? * AMOUNT_STEP * base(ordered)
        }
    };
    Some(difference <= by_percent.max(by_amount).max(rounded))
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
        }
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
}
