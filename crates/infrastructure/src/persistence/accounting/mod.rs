//! The general ledger in SQL.

pub mod balances;
pub mod dimension_sets;
pub mod draft_document;
pub mod facts;
pub mod integrity_queries;
pub mod integrity_statements;
pub mod journal_entries;
pub mod journal_entry_queries;
pub mod journal_entry_rows;
pub mod ledger;
pub mod ledger_export_queries;
pub mod report_queries;
pub mod report_sql;

use crate::sql::statement::{Accumulate, Bulk, Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [
        dimension_sets::ALL,
        facts::ALL,
        integrity_statements::ALL,
        journal_entries::ALL,
        journal_entry_queries::ALL,
        ledger::ALL,
        ledger_export_queries::ALL,
        report_queries::ALL,
    ]
    .concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    [facts::LOOKUPS, ledger::LOOKUPS, dimension_sets::LOOKUPS].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [journal_entries::BULKS, dimension_sets::BULKS].concat()
}

pub fn accumulations() -> Vec<&'static Accumulate> {
    balances::ACCUMULATIONS.to_vec()
}
