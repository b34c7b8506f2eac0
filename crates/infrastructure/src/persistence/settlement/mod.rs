//! Receivables and payables in SQL.

mod open_items;
mod queries;
mod rows;

use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [open_items::ALL, queries::ALL].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    open_items::BULKS.to_vec()
}

pub fn bulk_updates() -> Vec<&'static BulkUpdate> {
    vec![&open_items::SAVE]
}

pub fn lookups() -> Vec<&'static Lookup> {
    open_items::LOOKUPS.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    queries::LISTS.to_vec()
}
