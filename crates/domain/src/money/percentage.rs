//! Percentages from 0 to 100 with four decimals (R38): discounts, rates of tax, recoverable shares.

use std::fmt;

use super::{Amount, digits, quotient};
use crate::error::Violation;

/// Digits after the point that a [`Percentage`] keeps.
pub const PERCENTAGE_SCALE: u32 = 4;
/// A hundred per cent, in ten-thousandths of a per cent.
const HUNDRED: i64 = 1_000_000;

crate::errors! {
    INVALID_PERCENTAGE = "invalid_percentage", Rule, User,
        "'{value}' is not a percentage: a number from 0 to 100 with at most 4 decimals, such as \"7.5\".",
        "'{value}' ليست نسبة مئوية صحيحة: رقم من 0 إلى 100 بأربع منازل عشرية بحد أقصى، مثل \"7.5\".";
}

/// From 0 to 100 per cent, in ten-thousandths of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Percentage(i64);

impl Percentage {
    pub const ZERO: Self = Self(0);
    pub const HUNDRED: Self = Self(HUNDRED);

    /// From ten-thousandths, as stored; `None` outside 0 to 100.
    pub fn from_scaled(scaled: i64) -> Option<Self> {
        (0..=HUNDRED).contains(&scaled).then_some(Self(scaled))
    }
    /// Ten-thousandths, as stored.
    pub const fn scaled(self) -> i64 {
        self.0
    }
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub fn parse(text: &str) -> Result<Self, Violation> {
        let number = if text.starts_with('-') { None } else { digits::read(text, PERCENTAGE_SCALE).ok() };
        number
            .and_then(Self::from_scaled)
            .ok_or_else(|| Violation::new(&INVALID_PERCENTAGE).with("value", text))
    }

    /// That share of the amount, rounded half-up.
    pub fn of(self, amount: Amount, scale: u8) -> Option<Amount> {
        quotient(i128::from(amount.scaled()) * i128::from(self.0), i128::from(HUNDRED), scale)
    }

    /// The share that was added to something to make the amount: 15 of 115. Rounded half-up.
    pub fn within(self, amount: Amount, scale: u8) -> Option<Amount> {
        quotient(i128::from(amount.scaled()) * i128::from(self.0), i128::from(HUNDRED + self.0), scale)
    }

    /// The amount of which, once the share is taken away, `net` is left: 100 for a net of 85 and 15 per cent. Rounded half-up.
    /// `None` when nothing can be left, and on overflow.
    pub fn before(self, net: Amount, scale: u8) -> Option<Amount> {
        let rest = i128::from(HUNDRED - self.0);
        if rest == 0 {
            return None;
        }
        quotient(i128::from(net.scaled()) * i128::from(HUNDRED), rest, scale)
    }

    /// The fraction by which an amount that includes the share is multiplied to exclude it.
    pub(super) const fn without(self) -> (i64, i64) {
        (HUNDRED, HUNDRED + self.0)
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits::write(self.0, PERCENTAGE_SCALE, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_go_from_nothing_to_everything() {
        for (text, shown) in
            [("15", "15"), ("7.50", "7.5"), ("0", "0"), ("100.0000", "100"), (".0001", "0.0001")]
        {
            assert_eq!(Percentage::parse(text).unwrap().to_string(), shown);
        }
        for bad in ["", "-0", "-1", "100.0001", "1.00001", "15%", "1e1", "999999999999999999999"] {
            assert_eq!(Percentage::parse(bad).unwrap_err().def, &INVALID_PERCENTAGE, "{bad}");
        }
    }

    #[test]
    fn shares_are_rounded_half_up() {
        let percent = |text| Percentage::parse(text).unwrap();
        let amount = |text| Amount::parse(text).unwrap();
        assert_eq!(percent("15").of(amount("6.83"), 2), Some(amount("1.02")));
        assert_eq!(percent("15").of(amount("0.1"), 2), Some(amount("0.02")));
        assert_eq!(percent("15").of(amount("0.1"), 3), Some(amount("0.015")));
        assert_eq!(percent("15").of(amount("-0.1"), 2), Some(amount("-0.02")));
        assert_eq!(percent("15").within(amount("1000"), 2), Some(amount("130.43")));
        assert_eq!(percent("15").before(amount("8500"), 2), Some(amount("10000")));
        assert_eq!(percent("5").before(amount("10000"), 2), Some(amount("10526.32")));
        assert_eq!(percent("100").before(amount("1"), 2), None);
        assert_eq!(percent("99").before(amount("900000000000000"), 2), None);
    }
}
