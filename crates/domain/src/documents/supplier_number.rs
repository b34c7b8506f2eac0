//! Numbers that suppliers give their invoices, as they are compared (R87).

use crate::text::search_form;

/// Longest number of a supplier's document, in characters.
pub const SUPPLIER_NUMBER_LENGTH_MAX: usize = 60;

/// The number without what people write in different ways: letter case, spaces, dashes, slashes and leading zeros. `INV-0012`
/// and `inv 12` are not the same, because zeros inside of a number count; `0012` and `12` are.
pub fn supplier_number_key(number: &str) -> String {
    let folded: String = search_form(number)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/' | '\\' | '_'))
        .collect();
    let key = folded.trim_start_matches('0');
    if key.is_empty() { folded } else { key.to_owned() }
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
        assert_eq!(supplier_number_key("000"), "000");
    }
}
