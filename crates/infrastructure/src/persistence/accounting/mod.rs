//! The general ledger in SQL.

pub mod account_balance;
pub mod account_ledger;
pub mod account_merge;
pub mod account_queries;
pub mod accounts;
pub mod approval_decisions;
pub mod approval_policies;
pub mod approvals;
pub mod balances;
pub mod budget_figures;
pub mod budget_lines;
pub mod budgets;
pub mod close_checklist;
pub mod codes;
pub mod columns;
pub mod company_money;
pub mod currencies;
pub mod deferrals;
pub mod dimension_defaults;
pub mod dimension_facts;
pub mod dimension_rules;
pub mod dimension_sets;
pub mod dimensions;
pub mod distribution_keys;
pub mod distribution_runs;
pub mod draft_document;
pub mod entry_lines;
pub mod exchange_rates;
pub mod facts;
pub mod fiscal_year_queries;
pub mod fiscal_years;
pub mod import_profiles;
pub mod imports;
pub mod integrity_evidence;
pub mod integrity_queries;
pub mod integrity_statements;
pub mod journal_entries;
pub mod journal_entry_inserts;
pub mod journal_entry_lists;
pub mod journal_entry_queries;
pub mod journal_entry_rows;
pub mod journals;
pub mod ledger;
pub mod ledger_export_queries;
pub mod ledger_settings;
pub mod line_match_queries;
pub mod line_matches;
pub mod locks;
pub mod number_series;
pub mod open_lines;
pub mod opening_balances;
pub mod posting_rules;
pub mod recurring;
pub mod recurring_document;
pub mod recurring_entries;
pub mod recurring_entry_document;
pub mod recurring_occurrences;
pub mod recurring_table;
pub mod report_layouts;
pub mod report_lines_sql;
pub mod report_queries;
pub mod report_sql;
pub mod revaluation_runs;

use crate::sql::bulk::{Accumulate, Bulk};
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [
        account_balance::ALL,
        account_ledger::ALL,
        account_merge::ALL,
        account_queries::ALL,
        accounts::ALL,
        approval_policies::ALL,
        approvals::ALL,
        budget_figures::ALL,
        budget_lines::ALL,
        budgets::ALL,
        close_checklist::ALL,
        columns::ALL,
        company_money::ALL,
        dimension_defaults::ALL,
        deferrals::ALL,
        dimension_facts::ALL,
        dimension_sets::ALL,
        dimensions::ALL,
        exchange_rates::ALL,
        distribution_runs::ALL,
        facts::ALL,
        fiscal_years::ALL,
        imports::ALL,
        integrity_evidence::ALL,
        integrity_statements::ALL,
        journal_entries::ALL,
        journal_entry_queries::ALL,
        ledger::ALL,
        ledger_export_queries::ALL,
        ledger_settings::ALL,
        line_match_queries::ALL,
        line_matches::ALL,
        locks::ALL,
        number_series::ALL,
        open_lines::ALL,
        opening_balances::ALL,
        posting_rules::ALL,
        recurring_entries::ALL,
        recurring_occurrences::ALL,
        report_layouts::ALL,
        report_queries::ALL,
        revaluation_runs::ALL,
        &codes::statements(),
    ]
    .concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    [
        accounts::LOOKUPS,
        dimension_facts::LOOKUPS,
        dimension_sets::LOOKUPS,
        dimensions::LOOKUPS,
        entry_lines::LOOKUPS,
        facts::LOOKUPS,
        integrity_evidence::LOOKUPS,
        open_lines::LOOKUPS,
    ]
    .concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [
        accounts::BULKS,
        approvals::BULKS,
        budget_figures::BULKS,
        dimension_sets::BULKS,
        dimensions::BULKS,
        fiscal_years::BULKS,
        journal_entry_inserts::BULKS,
        line_matches::BULKS,
        open_lines::BULKS,
        recurring_occurrences::BULKS,
    ]
    .concat()
}

pub fn accumulations() -> Vec<&'static Accumulate> {
    let mut accumulations = balances::ACCUMULATIONS.to_vec();
    accumulations.push(&budget_figures::HOLD);
    accumulations
}

pub fn bulk_updates() -> Vec<&'static BulkUpdate> {
    open_lines::BULK_UPDATES.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    let matches = line_match_queries::LISTS;
    [
        matches,
        &[
            &account_queries::LIST,
            &approvals::LIST,
            &budget_lines::LIST,
            &deferrals::LIST,
            &distribution_runs::LIST,
            &fiscal_year_queries::PERIOD_LIST,
            &fiscal_year_queries::YEAR_LIST,
            &journal_entry_lists::ACCOUNT_LINE_LIST,
            &journal_entry_lists::LINE_LIST,
            &journal_entry_lists::LIST,
            &locks::LIST,
            &recurring_entries::LIST,
            &recurring_occurrences::LIST,
            &revaluation_runs::LIST,
        ],
    ]
    .concat()
}
