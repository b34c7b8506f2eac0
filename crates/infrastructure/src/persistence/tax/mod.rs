//! Taxes in SQL.

pub mod tax_codes;

use crate::sql::statement::Lookup;

pub fn lookups() -> Vec<&'static Lookup> {
    tax_codes::LOOKUPS.to_vec()
}
