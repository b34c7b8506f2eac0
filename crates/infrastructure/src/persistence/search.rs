//! The content of the columns `search`.

use domain::text::{beginning, search_form};

use crate::sql::value::Value;

/// Length of a column `search`, in UTF-16 units.
const SEARCH_LENGTH_MAX: usize = 600;

/// A text as it is looked for. Folding may lengthen it (`ﷺ` becomes 18 letters), so it is cut.
pub fn searchable(text: &str) -> Value {
    Value::Text(beginning(&search_form(text), SEARCH_LENGTH_MAX).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_folding_lengthens_is_cut() {
        let Value::Text(text) = searchable(&"ﷺ".repeat(200)) else { panic!() };
        assert_eq!(domain::text::length(&text), SEARCH_LENGTH_MAX);
    }
}
