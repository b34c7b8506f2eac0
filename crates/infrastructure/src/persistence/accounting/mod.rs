//! The general ledger in SQL.

pub mod balances;
pub mod close_checklist;
pub mod dimension_sets;
pub mod draft_document;
pub mod facts;
pub mod fiscal_years;
pub mod imports;
pub mod integrity_queries;
pub mod integrity_statements;
pub mod journal_entries;
pub mod journal_entry_queries;
pub mod journal_entry_rows;
pub mod ledger;
pub mod ledger_batch;
pub mod ledger_export_queries;
pub mod locks;
pub mod opening_balances;
pub mod recurring_entries;
pub mod recurring_entry_document;
pub mod report_queries;
pub mod report_sql;

use crate::sql::statement::{Accumulate, Bulk, Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [
        close_checklist::ALL,
        dimension_sets::ALL,
        facts::ALL,
        fiscal_years::ALL,
        imports::ALL,
        integrity_statements::ALL,
        journal_entries::ALL,
        journal_entry_queries::ALL,
        ledger::ALL,
        ledger_batch::ALL,
        ledger_export_queries::ALL,
        locks::ALL,
        opening_balances::ALL,
        recurring_entries::ALL,
        report_queries::ALL,
    ]
    .concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    [facts::LOOKUPS, ledger::LOOKUPS, dimension_sets::LOOKUPS].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [dimension_sets::BULKS, fiscal_years::BULKS, imports::BULKS, journal_entries::BULKS, ledger_batch::BULKS]
        .concat()
}

pub fn accumulations() -> Vec<&'static Accumulate> {
    balances::ACCUMULATIONS.to_vec()
}
