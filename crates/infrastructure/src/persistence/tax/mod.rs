//! Taxes in SQL.

mod entry_rows;
mod return_entries;
pub mod tax_codes;
pub mod tax_days;
mod tax_entries;
mod unpaid_bills;
mod vat_returns;
mod withholding;
mod withholding_queries;

use crate::sql::bulk::Bulk;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [return_entries::ALL, tax_entries::ALL, unpaid_bills::ALL, vat_returns::ALL, withholding::ALL].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [tax_entries::BULKS, withholding::BULKS].concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    tax_codes::LOOKUPS.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    [tax_entries::LISTS, vat_returns::LISTS, withholding_queries::LISTS].concat()
}
