//! Quantities, unit prices and percentages, as decimal strings like amounts.

use domain::error::{Violation, Violations};
use domain::money::percentage::{INVALID_PERCENTAGE, PERCENTAGE_SCALE};
use domain::money::quantity::{INVALID_PRICE, INVALID_QUANTITY, QUANTITY_DIGITS_MAX, QUANTITY_SCALE};
use domain::money::{Percentage, Price, Quantity};
use serde_json::{Value, json};

use super::number::is_decimal;
use super::{AMOUNT_AS_NUMBER, Pointer, Schemas, WireType, check, quoted, string};

/// Digits of a percentage before the point.
const PERCENTAGE_DIGITS_MAX: usize = 3;

/// The text of an exact number; a JSON number may have lost digits.
fn decimal<'v>(value: &'v Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<&'v str> {
    if value.is_number() {
        errors.push(Violation::new(&AMOUNT_AS_NUMBER).at(at.to_string()));
        return None;
    }
    string(value, at, errors)
}

macro_rules! quantities {
    ($($type:ty, $invalid:ident, $example:literal;)*) => {$(
        impl WireType for $type {
            fn schema(_: &mut Schemas) -> Value {
                json!({ "type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$", "examples": [$example] })
            }
            fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                let text = decimal(value, at, errors)?;
                let digits = text.strip_prefix('-').unwrap_or(text);
                let invalid = || Violation::new(&$invalid).with("value", quoted(text)).with("whole", QUANTITY_DIGITS_MAX);
                let plain = is_decimal(digits, QUANTITY_DIGITS_MAX as usize, QUANTITY_SCALE as usize);
                check(if plain { Self::parse(text) } else { Err(invalid()) }, at, errors)
            }
        }
    )*};
}
quantities! {
    Quantity, INVALID_QUANTITY, "2.5";
    Price, INVALID_PRICE, "12.345678";
}

impl WireType for Percentage {
    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": "string",
            "pattern": r"^(0{0,2}[0-9]|0?[1-9][0-9])(\.[0-9]{1,4})?$|^100(\.0{1,4})?$",
            "examples": ["7.5"],
        })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = decimal(value, at, errors)?;
        let invalid = || Violation::new(&INVALID_PERCENTAGE).with("value", quoted(text));
        let plain = is_decimal(text, PERCENTAGE_DIGITS_MAX, PERCENTAGE_SCALE as usize);
        check(if plain { Self::parse(text) } else { Err(invalid()) }, at, errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes<T: WireType>(value: Value) -> Vec<&'static str> {
        let mut errors = Violations::new();
        let parsed = T::parse(&value, &Pointer::ROOT, &mut errors);
        assert_eq!(parsed.is_some(), errors.is_empty(), "{value}");
        errors.into_vec().into_iter().map(|violation| violation.def.code).collect()
    }

    #[test]
    fn exact_numbers_are_strings_of_digits() {
        for fine in ["0", "2.5", "-3", "999999999999.999999"] {
            assert_eq!(codes::<Quantity>(json!(fine)), Vec::<&str>::new());
            assert_eq!(codes::<Price>(json!(fine)), Vec::<&str>::new());
        }
        for bad in [".5", "1.", "1e3", "+1", "1000000000000", "0.0000001", "٣", ""] {
            assert_eq!(codes::<Quantity>(json!(bad)), ["invalid_quantity"], "{bad}");
            assert_eq!(codes::<Price>(json!(bad)), ["invalid_price"], "{bad}");
        }
        for fine in ["0", "7.5", "99.9999", "100", "100.0000", "015"] {
            assert_eq!(codes::<Percentage>(json!(fine)), Vec::<&str>::new());
        }
        for bad in ["-1", "100.0001", "101", "1.00001", "15%", ""] {
            assert_eq!(codes::<Percentage>(json!(bad)), ["invalid_percentage"], "{bad}");
        }
        for number in
            [codes::<Quantity>(json!(2.5)), codes::<Price>(json!(1)), codes::<Percentage>(json!(15))]
        {
            assert_eq!(number, ["amount_as_number"]);
        }
    }
}
