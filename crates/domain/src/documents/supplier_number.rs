//! Numbers that suppliers give their invoices, as they are compared (R87).

use crate::error::Violation;
use crate::text::search_form;

/// Longest number of a supplier's document, in characters.
pub const SUPPLIER_NUMBER_LENGTH_MAX: usize = 60;

crate::errors! {
    SUPPLIER_NUMBER_BLANK = "supplier_number_blank", Rule, User,
        "'{number}' is no number of a supplier: it has neither a letter nor a digit.",
        "'{number}' ليس رقمًا لدى المورد: لا حرف فيه ولا رقم.";
}

/// The number without what people write in different ways: letter case, spaces, dashes and punctuation of every kind, and leading
/// zeros. `INV-0012` and `inv 12` are not the same, because zeros inside of a number count; `0012` and `12` are. Empty where the
/// number has neither letters nor digits.
pub fn supplier_number_key(number: &str) -> String {
    let folded: String = search_form(number).chars().filter(|c| c.is_alphanumeric()).collect();
    match folded.trim_start_matches('0') {
        "" if !folded.is_empty() => "0".to_owned(),
        key => key.to_owned(),
    }
}

/// The key of numbers that were stored when only spaces, ASCII dashes, slashes and underscores were left out.
pub fn former_supplier_number_key(number: &str) -> String {
    let left_out = |c: &char| c.is_whitespace() || matches!(c, '-' | '/' | '\\' | '_');
    let folded: String = search_form(number).chars().filter(|c| !left_out(c)).collect();
    match folded.trim_start_matches('0') {
        "" => folded,
        key => key.to_owned(),
    }
}

/// Refuses a number that says nothing.
pub fn check_supplier_number(number: &str) -> Result<(), Violation> {
    if supplier_number_key(number).is_empty() {
        return Err(Violation::new(&SUPPLIER_NUMBER_BLANK).with("number", number));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_in_different_ways_is_the_same_number() {
        for (one, other) in [("INV-0012", "inv0012"), ("00 12", "12"), ("٠١٢", "12"), ("a/7", "A-7")] {
            assert_eq!(supplier_number_key(one), supplier_number_key(other), "{one} and {other}");
        }
        assert_ne!(supplier_number_key("INV-0012"), supplier_number_key("INV-12"));
        assert_eq!((supplier_number_key("000"), supplier_number_key("0")), ("0".to_owned(), "0".to_owned()));
    }

    #[test]
    fn dashes_and_punctuation_of_every_kind_do_not_count() {
        let written = [
            "INV\u{2011}0012/26",
            "INV\u{2013}0012/26",
            "INV\u{2212}0012.26",
            "INV_0012\u{60C}26",
            "inv #0012 (26)",
            "INV:0012\u{B7}26",
        ];
        for one in written {
            assert_eq!(supplier_number_key(one), "inv001226", "{one}");
        }
    }

    #[test]
    fn a_number_without_letters_and_digits_is_refused() {
        for blank in ["---", "...", "\u{2013}", "#/"] {
            let refused = check_supplier_number(blank).unwrap_err();
            assert_eq!(refused.def, &SUPPLIER_NUMBER_BLANK, "{blank}");
        }
        for number in ["0", "A", "\u{0667}", "\u{0641}-1"] {
            assert_eq!(check_supplier_number(number), Ok(()), "{number}");
        }
    }
}
