//! Booleans, whole numbers, exact amounts, rates, dates and ids.

use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::Id;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::time::{Timestamp, parse_date};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    A_WHOLE_NUMBER, AMOUNT_AS_NUMBER, AMOUNT_TOO_LARGE, INVALID_ID, NUMBER_OUT_OF_RANGE, Pointer, Schemas,
    TRUE_OR_FALSE, WireType, check, quoted, string, wrong_type,
};

/// Digits of an amount before the point.
pub const AMOUNT_DIGITS_MAX: usize = 14;
/// Text of a number is never longer than this, in bytes.
const NUMBER_LENGTH_MAX: usize = 40;

impl WireType for bool {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "boolean" })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        value.as_bool().or_else(|| wrong_type(TRUE_OR_FALSE, value, at, errors))
    }
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => wrong_type(TRUE_OR_FALSE, &Value::String(String::new()), at, errors),
        }
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Int<const MIN: i64, const MAX: i64>(pub i64);

impl<const MIN: i64, const MAX: i64> WireType for Int<MIN, MAX> {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "integer", "format": "int64", "minimum": MIN, "maximum": MAX })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Number(number) = value else { return wrong_type(A_WHOLE_NUMBER, value, at, errors) };
        // `3.0` is an integer for JSON Schema; beyond 2^53 a float no longer says which one.
        let whole = number.as_i64().or_else(|| {
            number
                .as_f64()
                .filter(|f| f.fract() == 0.0 && f.abs() < 9_007_199_254_740_992.0)
                .map(|f| f as i64)
        });
        Self::checked(whole, at, errors)
    }
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = text.len() <= NUMBER_LENGTH_MAX && digits.bytes().all(|b| b.is_ascii_digit());
        Self::checked(plain.then(|| text.parse().ok()).flatten(), at, errors)
    }
}

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    fn checked(value: Option<i64>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        match value {
            Some(value) if (MIN..=MAX).contains(&value) => Some(Self(value)),
            _ => {
                let violation = Violation::new(&NUMBER_OUT_OF_RANGE).with("min", MIN).with("max", MAX);
                errors.push(violation.at(at.to_string()));
                None
            }
        }
    }
}

macro_rules! integers {
    ($($int:ty: $max:expr, $min:expr;)*) => {$(
        impl WireType for $int {
            fn schema(schemas: &mut Schemas) -> Value {
                Int::<{ $min }, { $max }>::schema(schemas)
            }
            fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                Int::<{ $min }, { $max }>::parse(value, at, errors).and_then(|int| int.0.try_into().ok())
            }
            fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                Int::<{ $min }, { $max }>::parse_text(text, at, errors).and_then(|int| int.0.try_into().ok())
            }
        }
    )*};
}
integers! {
    i64: i64::MAX, i64::MIN;
    i32: i32::MAX as i64, i32::MIN as i64;
    u32: u32::MAX as i64, 0;
    u16: u16::MAX as i64, 0;
    u8: u8::MAX as i64, 0;
}

/// Whether `text` is `digits[.digits]` with at most so many of each.
pub(super) fn is_decimal(text: &str, whole_max: usize, fraction_max: usize) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, max: usize| (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole, whole_max) && digits(fraction, fraction_max)
}

/// The schema of an exact amount.
pub fn amount_schema() -> Value {
    json!({ "type": "string", "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$", "examples": ["1234.50"] })
}

impl WireType for Amount {
    fn schema(_: &mut Schemas) -> Value {
        amount_schema()
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if value.is_number() {
            errors.push(Violation::new(&AMOUNT_AS_NUMBER).at(at.to_string()));
            return None;
        }
        let text = string(value, at, errors)?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        if is_decimal(digits, AMOUNT_DIGITS_MAX, 4) {
            return check(Self::parse(text), at, errors);
        }
        let violation = if is_decimal(digits, NUMBER_LENGTH_MAX, 4) {
            Violation::new(&AMOUNT_TOO_LARGE).with("max", AMOUNT_DIGITS_MAX)
        } else {
            Violation::new(&domain::money::INVALID_AMOUNT).with("value", quoted(text))
        };
        errors.push(violation.at(at.to_string()));
        None
    }
}

impl WireType for Rate {
    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": "string",
            "anyOf": [
                { "pattern": r"^([1-9][0-9]{0,7}|[1-8][0-9]{8})(\.[0-9]{1,10})?$" },
                { "pattern": r"^0\.[0-9]{0,9}[1-9][0-9]{0,9}$", "maxLength": 12 }
            ],
            "examples": ["3.75"],
        })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if value.is_number() {
            errors.push(Violation::new(&AMOUNT_AS_NUMBER).at(at.to_string()));
            return None;
        }
        let text = string(value, at, errors)?;
        let whole = text.split('.').next().unwrap_or_default();
        if is_decimal(text, 9, 10) && (whole == "0" || !whole.starts_with('0')) {
            return check(Self::parse(text), at, errors);
        }
        let violation = Violation::new(&domain::money::INVALID_RATE).with("value", quoted(text));
        errors.push(violation.at(at.to_string()));
        None
    }
}

impl WireType for CurrencyCode {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[A-Z]{3}$", "examples": ["SAR"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}

impl WireType for NaiveDate {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "date", "examples": ["2026-11-22"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(parse_date(string(value, at, errors)?), at, errors)
    }
}

impl WireType for Timestamp {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "date-time", "examples": ["2026-11-22T10:30:00Z"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let parsed = match text.as_bytes().get(10) {
            Some(b'T' | b't') => Self::parse(text),
            _ => Err(Violation::new(&domain::time::INVALID_TIMESTAMP).with("value", quoted(text))),
        };
        check(parsed, at, errors)
    }
}

impl WireType for Uuid {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "uuid" })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        // Only the hyphenated form: what the `uuid` format of JSON Schema means.
        let parsed = if text.len() == 36 { Self::try_parse(text).ok() } else { None };
        if parsed.is_none() {
            errors.push(Violation::new(&INVALID_ID).with("value", quoted(text)).at(at.to_string()));
        }
        parsed
    }
}

impl<T> WireType for Id<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        Uuid::schema(schemas)
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        Uuid::parse(value, at, errors).map(Self::new)
    }
}
