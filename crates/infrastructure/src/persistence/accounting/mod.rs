//! The general ledger in SQL.

pub mod balances;
pub mod dimension_sets;
pub mod draft_document;
pub mod facts;
pub mod imports;
pub mod journal_entries;
pub mod journal_entry_queries;
pub mod journal_entry_rows;
pub mod ledger;
pub mod ledger_batch;

use crate::sql::statement::{Accumulate, Bulk, Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [facts::ALL, journal_entries::ALL, ledger::ALL, dimension_sets::ALL, journal_entry_queries::ALL, imports::ALL, ledger_batch::ALL].concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    [facts::LOOKUPS, ledger::LOOKUPS, dimension_sets::LOOKUPS].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [journal_entries::BULKS, dimension_sets::BULKS, imports::BULKS, ledger_batch::BULKS].concat()
}

pub fn accumulations() -> Vec<&'static Accumulate> {
    balances::ACCUMULATIONS.to_vec()
}
