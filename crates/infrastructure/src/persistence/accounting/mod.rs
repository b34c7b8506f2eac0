//! The general ledger in SQL.

pub mod account_balance;
pub mod account_ledger;
pub mod account_queries;
pub mod accounts;
pub mod balances;
pub mod columns;
pub mod currencies;
pub mod dimension_queries;
pub mod dimension_rules;
pub mod dimension_sets;
pub mod dimensions;
pub mod draft_document;
pub mod exchange_rates;
pub mod facts;
pub mod journal_entries;
pub mod journal_entry_queries;
pub mod journal_entry_rows;
pub mod journals;
pub mod ledger;
pub mod ledger_settings;
pub mod number_series;
pub mod setup;

use crate::sql::statement::{Accumulate, Bulk, Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [
        account_balance::ALL,
        account_ledger::ALL,
        account_queries::ALL,
        accounts::ALL,
        columns::ALL,
        currencies::ALL,
        dimension_rules::ALL,
        dimension_sets::ALL,
        dimensions::ALL,
        exchange_rates::ALL,
        facts::ALL,
        journal_entries::ALL,
        journal_entry_queries::ALL,
        journals::ALL,
        ledger::ALL,
        ledger_settings::ALL,
        number_series::ALL,
        setup::ALL,
    ]
    .concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    [accounts::LOOKUPS, dimension_sets::LOOKUPS, dimensions::LOOKUPS, facts::LOOKUPS, ledger::LOOKUPS].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [dimension_sets::BULKS, journal_entries::BULKS, setup::BULKS].concat()
}

pub fn accumulations() -> Vec<&'static Accumulate> {
    balances::ACCUMULATIONS.to_vec()
}
