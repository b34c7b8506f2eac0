//! Conversion from the units that people count in to the base unit of an item (R51).

use crate::error::Violation;
use crate::money::quantity::QUANTITY_SCALE;
use crate::money::{Price, Quantity};

/// Largest numerator and denominator.
pub const RATIO_PART_MAX: i64 = 1_000_000_000_000;

crate::errors! {
    QUANTITY_NOT_WHOLE = "quantity_not_whole", Rule, User,
        "{quantity} does not come out whole in the base unit, which has no decimals.",
        "الكمية {quantity} لا تساوي عددًا صحيحًا بالوحدة الأساسية التي لا تقبل كسورًا.";
    QUANTITY_TOO_LARGE = "quantity_too_large", Rule, User,
        "{quantity} is too large in the base unit.", "الكمية {quantity} أكبر مما تقبله الوحدة الأساسية.";
}

/// One unit in base units, as a fraction of whole numbers: a decimal factor would be wrong for a pound, and three of a third
/// would never make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    numerator: i64,
    denominator: i64,
}

impl Ratio {
    /// The base unit in itself.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `None` when a part is not from 1 to [`RATIO_PART_MAX`].
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        let fits = |part: i64| (1..=RATIO_PART_MAX).contains(&part);
        (fits(numerator) && fits(denominator)).then_some(Self { numerator, denominator })
    }
    pub const fn numerator(self) -> i64 {
        self.numerator
    }
    pub const fn denominator(self) -> i64 {
        self.denominator
    }

    /// The quantity in base units, rounded half-up to the decimals of the base unit, once. Where that has none, the quantity
    /// must come out whole.
    pub fn base_quantity(self, quantity: Quantity, base_decimals: u8) -> Result<Quantity, Violation> {
        let step = 10_i128.pow(QUANTITY_SCALE.saturating_sub(u32::from(base_decimals)));
        let product = i128::from(quantity.scaled()) * i128::from(self.numerator);
        let divisor = i128::from(self.denominator) * step;
        let refused = |def| Violation::new(def).with("quantity", quantity);
        if base_decimals == 0 && product % divisor != 0 {
            return Err(refused(&QUANTITY_NOT_WHOLE));
        }
        let base = i64::try_from(half_up(product, divisor) * step).ok().map(Quantity::from_scaled);
        base.filter(|base| base.is_in_range()).ok_or_else(|| refused(&QUANTITY_TOO_LARGE))
    }

    /// The price of one such unit, when `base` is the price of a base unit: six decimals, rounded half-up. `None` when it is
    /// too large.
    pub fn price_of(self, base: Price) -> Option<Price> {
        let product = i128::from(base.scaled()) * i128::from(self.numerator);
        let price =
            i64::try_from(half_up(product, i128::from(self.denominator))).ok().map(Price::from_scaled);
        price.filter(|price| price.is_in_range())
    }
}

/// The quotient rounded half-up, away from zero; the divisor is positive.
fn half_up(product: i128, divisor: i128) -> i128 {
    let magnitude = (product.abs() + divisor / 2) / divisor;
    if product < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(
        quantity: &str,
        (numerator, denominator): (i64, i64),
        decimals: u8,
    ) -> Result<String, &'static str> {
        let ratio = Ratio::new(numerator, denominator).unwrap();
        let base = ratio.base_quantity(Quantity::parse(quantity).unwrap(), decimals);
        base.map(|base| base.to_string()).map_err(|violation| violation.def.code)
    }

    /// R51: boxes of twelve, and pounds in kilograms.
    #[test]
    fn a_quantity_is_converted_once_and_rounded_half_up() {
        assert_eq!(base("5", (12, 1), 0).unwrap(), "60");
        assert_eq!(base("7", (45_359_237, 100_000_000), 3).unwrap(), "3.175");
        assert_eq!(base("-7", (45_359_237, 100_000_000), 3).unwrap(), "-3.175");
        assert_eq!(base("1", (1, 2), 6).unwrap(), "0.5");
        assert_eq!(base("0.0005", (1, 1), 3).unwrap(), "0.001");
        assert_eq!(base("0.000499", (1, 1), 3).unwrap(), "0");
        assert_eq!(base("-0.0005", (1, 1), 3).unwrap(), "-0.001");
        assert_eq!(base("0", (12, 1), 0).unwrap(), "0");
    }

    #[test]
    fn what_is_counted_in_pieces_comes_out_whole_or_is_refused() {
        assert_eq!(base("0.5", (12, 1), 0).unwrap(), "6");
        assert_eq!(base("0.3", (12, 1), 0), Err("quantity_not_whole"));
        assert_eq!(base("1", (1, 3), 0), Err("quantity_not_whole"));
        assert_eq!(base("0.000001", (1, 1), 0), Err("quantity_not_whole"));
        assert_eq!(base("999999999999", (1_000, 1), 0), Err("quantity_too_large"));
        assert_eq!(base("999999999999", (RATIO_PART_MAX, 1), 6), Err("quantity_too_large"));
    }

    /// C13: a factor that is cut to three decimals makes 0.999 of three thirds, so that a line never closes.
    #[test]
    fn three_thirds_are_one() {
        assert_eq!(base("3", (1, 3), 0).unwrap(), "1");
        assert_eq!(base("3", (1, 3), 6).unwrap(), "1");
        assert_eq!(base("7", (1, 7), 0).unwrap(), "1");
    }

    /// C13: what is in base units already is not converted again; a box of four is four, not sixteen.
    #[test]
    fn a_factor_is_applied_once() {
        let boxes = Ratio::new(4, 1).unwrap();
        let pieces = boxes.base_quantity(Quantity::ONE, 0).unwrap();
        assert_eq!(pieces.to_string(), "4");
        assert_eq!(Ratio::ONE.base_quantity(pieces, 0).unwrap(), pieces);
    }

    #[test]
    fn a_ratio_has_whole_and_positive_parts() {
        for (numerator, denominator) in [(0, 1), (1, 0), (-1, 1), (1, -1), (RATIO_PART_MAX + 1, 1)] {
            assert_eq!(Ratio::new(numerator, denominator), None);
        }
        assert!(Ratio::new(RATIO_PART_MAX, RATIO_PART_MAX).is_some());
    }

    #[test]
    fn a_price_is_converted_with_six_decimals() {
        let price = |text: &str, numerator, denominator| {
            Ratio::new(numerator, denominator).unwrap().price_of(Price::parse(text).unwrap())
        };
        assert_eq!(price("2.5", 12, 1).unwrap().to_string(), "30");
        assert_eq!(price("10", 1, 3).unwrap().to_string(), "3.333333");
        assert_eq!(price("20", 1, 3).unwrap().to_string(), "6.666667");
        assert_eq!(price("999999999999", 2, 1), None);
    }
}
