//! Quantities and unit prices: six decimals, finer than money (R38).

use std::fmt;

use super::{Amount, digits, quotient};
use crate::error::Violation;

/// Digits after the point of a [`Quantity`] and of a [`Price`].
pub const QUANTITY_SCALE: u32 = 6;
/// Digits before the point of either.
pub const QUANTITY_DIGITS_MAX: u32 = 12;

const QUANTITY_UNIT: i64 = 1_000_000;
/// The first number that is too large, in millionths.
const TOO_LARGE: i64 = 10_i64.pow(QUANTITY_DIGITS_MAX + QUANTITY_SCALE);
/// Millionths in one ten-thousandth.
const MILLIONTHS_PER_AMOUNT_STEP: i128 = 100;

crate::errors! {
    INVALID_QUANTITY = "invalid_quantity", Rule, User,
        "'{value}' is not a quantity: write at most {whole} digits before the point and 6 after it, such as \"2.5\".",
        "'{value}' ليست كمية صحيحة: اكتب {whole} رقمًا بحد أقصى قبل الفاصلة العشرية و6 بعدها، مثل \"2.5\".";
    INVALID_PRICE = "invalid_price", Rule, User,
        "'{value}' is not a price: write at most {whole} digits before the point and 6 after it, such as \"12.345678\".",
        "'{value}' ليس سعرًا صحيحًا: اكتب {whole} رقمًا بحد أقصى قبل الفاصلة العشرية و6 بعدها، مثل \"12.345678\".";
}

macro_rules! millionths {
    ($($(#[$meta:meta])* $name:ident, $invalid:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            pub const ZERO: Self = Self(0);
            pub const ONE: Self = Self(QUANTITY_UNIT);

            /// From millionths, as stored.
            pub const fn from_scaled(scaled: i64) -> Self {
                Self(scaled)
            }
            /// Millionths, as stored.
            pub const fn scaled(self) -> i64 {
                self.0
            }
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }
            /// Whether it has no more digits than quantities in requests; calculated ones may have more.
            pub const fn is_in_range(self) -> bool {
                -TOO_LARGE < self.0 && self.0 < TOO_LARGE
            }

            /// Parses `2.5`, `-3`, `.000001`; no grouping, no exponent, no sign `+`.
            pub fn parse(text: &str) -> Result<Self, Violation> {
                let number = digits::read(text, QUANTITY_SCALE).ok();
                number.filter(|scaled| (-TOO_LARGE + 1..TOO_LARGE).contains(scaled)).map(Self).ok_or_else(|| {
                    Violation::new(&$invalid).with("value", text).with("whole", QUANTITY_DIGITS_MAX)
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&digits::write(self.0, QUANTITY_SCALE, 0))
            }
        }
    )*};
}
millionths! {
    /// A signed, exact quantity in millionths of a unit.
    Quantity, INVALID_QUANTITY;
    /// A signed, exact price in millionths of a currency unit, for one unit or for a stated number of units.
    Price, INVALID_PRICE;
}

impl Price {
    /// The price of `quantity` when `self` is that of `per` units, rounded half-up. `None` on overflow, and when `per` is not
    /// positive.
    pub fn amount_of(self, quantity: Quantity, per: Quantity, scale: u8) -> Option<Amount> {
        if !per.is_positive() {
            return None;
        }
        let product = i128::from(self.0).checked_mul(i128::from(quantity.0))?;
        quotient(product, i128::from(per.0) * MILLIONTHS_PER_AMOUNT_STEP, scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Option<Amount> {
        Some(Amount::parse(text).unwrap())
    }

    #[test]
    fn quantities_and_prices_have_six_decimals_and_twelve_digits() {
        for (text, shown) in [
            ("2.50", "2.5"),
            ("-3", "-3"),
            (".000001", "0.000001"),
            ("999999999999.999999", "999999999999.999999"),
        ] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), shown);
            assert_eq!(Price::parse(text).unwrap().to_string(), shown);
        }
        for bad in ["", "-", ".", "1e3", "+1", "1,5", "0.0000001", "1000000000000", "99999999999999999999"] {
            assert_eq!(Quantity::parse(bad).unwrap_err().def, &INVALID_QUANTITY, "{bad}");
            assert_eq!(Price::parse(bad).unwrap_err().def, &INVALID_PRICE, "{bad}");
        }
    }

    #[test]
    fn a_price_of_a_quantity_is_rounded_half_up_once() {
        let of = |quantity, price, per, scale| {
            let [quantity, per] = [quantity, per].map(|text| Quantity::parse(text).unwrap());
            Price::parse(price).unwrap().amount_of(quantity, per, scale)
        };
        assert_eq!(of("1.5", "4.55", "1", 2), amount("6.83"));
        assert_eq!(of("2500", "18.75", "1000", 2), amount("46.88"));
        assert_eq!(of("0.333", "12.345678", "1", 2), amount("4.11"));
        assert_eq!(of("0.333", "12.345678", "1", 4), amount("4.1111"));
        assert_eq!(of("-1.5", "4.55", "1", 2), amount("-6.83"));
        assert_eq!(of("3", "0.5", "1", 0), amount("2"));
        assert_eq!(of("999999999999", "999999999999", "1", 2), None);
        assert_eq!(of("999999999999", "999999999999", "999999999999", 2), amount("999999999999"));
        assert_eq!(of("1", "1", "0", 2), None);
    }
}
