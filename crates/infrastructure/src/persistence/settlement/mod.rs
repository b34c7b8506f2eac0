//! Receivables and payables in SQL.

mod branches;
mod dunning;
mod open_items;
pub(in crate::persistence) mod open_on_day;
mod queries;
mod rows;
mod statement_lines;
mod write_offs;

use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [&dunning::statements(), open_items::ALL, queries::ALL, statement_lines::ALL, write_offs::ALL].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [open_items::BULKS, dunning::BULKS].concat()
}

pub fn bulk_updates() -> Vec<&'static BulkUpdate> {
    vec![&open_items::SAVE, &open_items::SAVE_DISCOUNT]
}

pub fn lookups() -> Vec<&'static Lookup> {
    [open_items::LOOKUPS, dunning::LOOKUPS].concat()
}

pub fn lists() -> Vec<&'static ListSql> {
    [queries::LISTS, dunning::LISTS, &[&write_offs::LIST]].concat()
}
