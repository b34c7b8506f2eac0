//! Exact amounts. An [`Amount`] is a whole number of ten-thousandths: what `DECIMAL(19,4)` holds, added with
//! overflow checks and never as a float. Only here and in the modules below is an amount multiplied or rounded.

mod digits;
mod iso_4217;
pub mod percentage;
pub mod quantity;
mod split;
mod words;

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use self::digits::Unread;
pub use self::percentage::Percentage;
pub use self::quantity::{Price, Quantity};
use crate::error::Violation;

/// Digits after the point that an [`Amount`] keeps.
pub const AMOUNT_SCALE: u32 = 4;
const AMOUNT_UNIT: i64 = 10_000;
/// Digits after the point that a [`Rate`] keeps (R7 asks for ten or more).
pub const RATE_SCALE: u32 = 10;
const RATE_UNIT: i64 = 10_000_000_000;

crate::errors! {
    INVALID_AMOUNT = "invalid_amount", Rule, User,
        "'{value}' is not an amount: write digits with no more decimals than the currency has (SAR 2, KWD 3), such as \"1234.50\".",
        "'{value}' ليس مبلغًا صحيحًا: اكتب أرقامًا بما لا يزيد على المنازل العشرية للعملة (SAR منزلتان، KWD ثلاث)، مثل \"1234.50\".";
    AMOUNT_SCALE_EXCEEDED = "amount_scale_exceeded", Rule, User,
        "{currency} has {decimals} decimals; '{value}' has more.",
        "العملة {currency} لها {decimals} منازل عشرية؛ القيمة '{value}' تتجاوز ذلك.";
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range", Rule, User,
        "The amount is larger than 922,337,203,685,477.5807.",
        "المبلغ أكبر من 922,337,203,685,477.5807.";
    INVALID_RATE = "invalid_rate", Rule, User,
        "'{value}' is not an exchange rate: a number greater than 0 and below 900,000,000 with at most 10 decimals.",
        "'{value}' ليس سعر صرف صحيحًا: رقم أكبر من 0 وأقل من 900,000,000 بحد أقصى 10 منازل عشرية.";
    INVALID_CURRENCY = "invalid_currency", Rule, User,
        "'{value}' is not a currency code: three capital letters of ISO 4217, such as SAR.",
        "'{value}' ليس رمز عملة: ثلاثة أحرف لاتينية كبيرة حسب ISO 4217 مثل SAR.";
}

/// The smallest step of amounts with so many decimals, in ten-thousandths.
const fn unit_of(scale: u8) -> i64 {
    let scale = scale as u32;
    10_i64.pow(AMOUNT_SCALE - if scale < AMOUNT_SCALE { scale } else { AMOUNT_SCALE })
}

/// `numerator / denominator` ten-thousandths, rounded half-up (away from zero) to the scale. `None` on overflow.
///
/// The numerator is a product of two numbers that are stored in 64 bits, so there is room to round it; the denominator is
/// positive.
fn quotient(numerator: i128, denominator: i128, scale: u8) -> Option<Amount> {
    let unit = i128::from(unit_of(scale));
    let divisor = denominator * unit;
    let magnitude = (numerator.abs() + divisor / 2) / divisor * unit;
    i64::try_from(if numerator < 0 { -magnitude } else { magnitude }).ok().map(Amount)
}

fn too_many_decimals(currency: Currency, value: &str) -> Violation {
    Violation::new(&AMOUNT_SCALE_EXCEEDED)
        .with("currency", currency.code)
        .with("decimals", currency.scale)
        .with("value", value)
}

/// A signed, exact amount in ten-thousandths of a currency unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

impl Amount {
    pub const ZERO: Self = Self(0);

    /// From ten-thousandths, as stored.
    pub const fn from_scaled(scaled: i64) -> Self {
        Self(scaled)
    }
    /// Ten-thousandths, as stored.
    pub const fn scaled(self) -> i64 {
        self.0
    }
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, AMOUNT_SCALE)
    }

    /// `None` when the value has more than four decimals or does not fit.
    pub fn from_decimal(value: Decimal) -> Option<Self> {
        let scaled = value.checked_mul(Decimal::from(AMOUNT_UNIT))?;
        if !scaled.fract().is_zero() {
            return None;
        }
        scaled.to_i64().map(Self)
    }

    /// Parses `1234.50`, `-3`, `.5`; no grouping, no exponent, no sign `+`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match digits::read(text, AMOUNT_SCALE) {
            Ok(scaled) => Ok(Self(scaled)),
            Err(Unread::Malformed) => Err(Violation::new(&INVALID_AMOUNT).with("value", text)),
            Err(Unread::TooLarge) => Err(Violation::new(&AMOUNT_OUT_OF_RANGE)),
        }
    }

    /// Whether the amount has no more decimals than the currency.
    pub fn fits(self, scale: u8) -> bool {
        self.0 % unit_of(scale) == 0
    }

    /// Parses an amount and refuses more decimals than the currency has.
    pub fn parse_in(text: &str, currency: Currency) -> Result<Self, Violation> {
        let amount = Self::parse(text)?;
        if amount.fits(currency.scale) { Ok(amount) } else { Err(too_many_decimals(currency, text)) }
    }

    /// Refuses more decimals than the currency has.
    pub fn check_in(self, currency: Currency) -> Result<(), Violation> {
        if self.fits(currency.scale) {
            return Ok(());
        }
        Err(too_many_decimals(currency, &self.display(currency.scale)))
    }

    /// Text with exactly the currency's decimals (more only if the amount has more): `1234.50`.
    pub fn display(self, scale: u8) -> String {
        digits::write(self.0, AMOUNT_SCALE, u32::from(scale))
    }

    /// `amount × rate`, rounded half-up (away from zero) to the target currency's scale (R7). `None` on overflow.
    ///
    /// In 128-bit integers: a product of two 19-digit numbers does not fit a `Decimal` exactly, and rounding
    /// twice could miss a half.
    pub fn convert(self, rate: Rate, target_scale: u8) -> Option<Self> {
        quotient(i128::from(self.0) * i128::from(rate.0), i128::from(RATE_UNIT), target_scale)
    }

    /// `amount / rate`, rounded half-up (away from zero) to the scale: an amount of the target currency in that of the source.
    /// `None` on overflow.
    pub fn divide(self, rate: Rate, scale: u8) -> Option<Self> {
        let divisor = i128::from(rate.0);
        (divisor > 0).then(|| quotient(i128::from(self.0) * i128::from(RATE_UNIT), divisor, scale)).flatten()
    }

    /// The share of this amount that belongs to `part` of `whole`, rounded half-up (away from zero) to the scale. `None` when
    /// `whole` is not positive, and on overflow.
    pub fn share(self, part: Self, whole: Self, scale: u8) -> Option<Self> {
        if !whole.is_positive() {
            return None;
        }
        quotient(i128::from(self.0) * i128::from(part.0), i128::from(whole.0), scale)
    }

    /// The nearest multiple of `step`, halves away from zero. `None` when the step is not positive, and on overflow.
    pub fn round_to(self, step: Self) -> Option<Self> {
        if !step.is_positive() {
            return None;
        }
        let (amount, step) = (i128::from(self.0), i128::from(step.0));
        let magnitude = (amount.abs() + step / 2) / step * step;
        i64::try_from(if amount < 0 { -magnitude } else { magnitude }).ok().map(Self)
    }

    /// The sum, or `None` when it does not fit.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// An exchange rate: units of the target currency for one unit of the source, in ten-thousand-millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

impl Rate {
    pub const ONE: Self = Self(RATE_UNIT);

    pub const fn from_scaled(scaled: i64) -> Self {
        Self(scaled)
    }
    pub const fn scaled(self) -> i64 {
        self.0
    }
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, RATE_SCALE)
    }
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let bad = || Violation::new(&INVALID_RATE).with("value", text);
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(bad());
        }
        let value = Decimal::from_str(text).map_err(|_| bad())?;
        let scaled = value.checked_mul(Decimal::from(RATE_UNIT)).ok_or_else(bad)?;
        if !scaled.fract().is_zero() || value <= Decimal::ZERO || value >= Decimal::from(900_000_000) {
            return Err(bad());
        }
        scaled.to_i64().map(Self).ok_or_else(bad)
    }
    /// `company / foreign`, rounded half-up to ten digits; `None` when it is not a usable rate.
    pub fn between(foreign: Amount, company: Amount) -> Option<Self> {
        let (foreign, company) = (i128::from(foreign.0), i128::from(company.0));
        if foreign <= 0 || company <= 0 {
            return None;
        }
        let scaled = (company * i128::from(RATE_UNIT) + foreign / 2) / foreign;
        let rate = Self(i64::try_from(scaled).ok()?);
        rate.is_valid().then_some(rate)
    }

    /// The mean of rates, each with the number of days on which it holds, rounded half-up to ten digits; `None` without a day.
    pub fn mean(rates: impl IntoIterator<Item = (Self, i64)>) -> Option<Self> {
        let add = |(sum, count): (i128, i128), (rate, days): (Self, i64)| {
            (sum + i128::from(rate.0) * i128::from(days), count + i128::from(days))
        };
        let (sum, count) = rates.into_iter().fold((0, 0), add);
        if count <= 0 {
            return None;
        }
        i64::try_from((sum + count / 2) / count).ok().map(Self)
    }

    /// Greater than zero and below 900,000,000, as [`Rate::parse`] accepts.
    pub const fn is_valid(self) -> bool {
        self.0 > 0 && self.0 < 900_000_000 * RATE_UNIT
    }

    /// `1 / rate`, rounded to ten digits; `None` when nothing would be left.
    pub fn inverse(self) -> Option<Self> {
        let value = Decimal::ONE.checked_div(self.to_decimal())?;
        let scaled = value.round_dp(RATE_SCALE).checked_mul(Decimal::from(RATE_UNIT))?.to_i64()?;
        (scaled > 0).then_some(Self(scaled))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().normalize().fmt(f)
    }
}

/// An ISO 4217 code, such as `SAR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// Any three capital letters: whether the tenant knows the currency is decided elsewhere.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Ok(Self(bytes)),
            _ => Err(Violation::new(&INVALID_CURRENCY).with("value", text)),
        }
    }
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A currency with the decimals its amounts have (ISO 4217: SAR 2, KWD/BHD/OMR 3, JPY 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    pub code: CurrencyCode,
    pub scale: u8,
}

impl Currency {
    /// The currency with the decimals of ISO 4217; codes not listed there have two.
    pub fn iso(code: CurrencyCode) -> Self {
        let scale = match code.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
            | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        };
        Self { code, scale }
    }
    /// The smallest unit: 0.01 for SAR.
    pub fn minor_unit(self) -> Amount {
        Amount(unit_of(self.scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_parse_and_print_exactly() {
        for (text, scale, shown) in [
            ("1234.5", 2, "1234.50"),
            ("-0.01", 2, "-0.01"),
            (".5", 3, "0.500"),
            ("7", 0, "7"),
            ("0.1234", 2, "0.1234"),
        ] {
            assert_eq!(Amount::parse(text).unwrap().display(scale), shown);
        }
        for bad in ["", ".", "1,000", "1e3", "+1", "1.23456", "NaN", "٣", " 1", "--1"] {
            assert_eq!(Amount::parse(bad).unwrap_err().def, &INVALID_AMOUNT, "{bad}");
        }
        assert_eq!(Amount::parse("922337203685477.5808").unwrap_err().def, &AMOUNT_OUT_OF_RANGE);
    }

    #[test]
    fn an_amount_is_divided_by_a_rate_and_rates_have_a_mean() {
        let rate = |text: &str| Rate::parse(text).unwrap();
        let amount = |text: &str| Amount::parse(text).unwrap();
        for (company, by, scale, expected) in [
            ("375", "3.75", 2, "100"),
            ("0.01", "3.75", 2, "0"),
            ("-0.02", "3.75", 2, "-0.01"),
            ("0.3", "2", 1, "0.2"),
            ("-0.3", "2", 1, "-0.2"),
            ("1000", "0.0025", 0, "400000"),
        ] {
            assert_eq!(amount(company).divide(rate(by), scale), Some(amount(expected)), "{company} by {by}");
        }
        assert_eq!(amount("900000000000000").divide(rate("0.0000000001"), 2), None);
        assert_eq!(Rate::mean([(rate("3"), 10), (rate("4"), 20)]), Some(rate("3.6666666667")));
        assert_eq!(Rate::mean([]), None);
    }

    #[test]
    fn conversion_rounds_half_away_from_zero() {
        let rate = Rate::parse("3.75").unwrap();
        assert_eq!(Amount::parse("0.01").unwrap().convert(rate, 2), Some(Amount::parse("0.04").unwrap()));
        assert_eq!(Amount::parse("-0.02").unwrap().convert(rate, 2), Some(Amount::parse("-0.08").unwrap()));
        assert_eq!(
            Amount::parse("1").unwrap().convert(Rate::parse("0.005").unwrap(), 2),
            Some(Amount::parse("0.01").unwrap())
        );
    }

    #[test]
    fn conversion_is_exact_for_the_largest_amounts() {
        let rate = Rate::parse("1.0000000001").unwrap();
        let amount = Amount::parse("900000000000000.0000").unwrap();
        assert_eq!(amount.convert(rate, 2), Some(Amount::parse("900000000090000").unwrap()));
        assert_eq!(amount.convert(Rate::parse("2").unwrap(), 2), None);
        let yen = Amount::parse("1234567").unwrap().convert(Rate::parse("0.5").unwrap(), 0);
        assert_eq!(yen, Some(Amount::parse("617284").unwrap()));
    }

    #[test]
    fn a_rate_follows_from_two_amounts() {
        let amount = |text| Amount::parse(text).unwrap();
        assert_eq!(Rate::between(amount("100"), amount("375.5")), Some(Rate::parse("3.755").unwrap()));
        assert_eq!(Rate::between(amount("3"), amount("1")).unwrap().to_string(), "0.3333333333");
        assert_eq!(Rate::between(amount("0"), amount("1")), None);
        assert_eq!(Rate::between(amount("0.0001"), amount("900000000")), None);
    }
}
