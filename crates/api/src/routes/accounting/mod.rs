//! The general ledger over HTTP.

mod accounts;
mod approvals;
mod budget_report;
mod budgets;
mod close_checklist;
mod deferrals;
mod distribution_runs;
mod entry_line;
mod exchange_rates;
pub mod exports;
mod fiscal_periods;
mod fiscal_years;
pub mod imports;
mod integrity;
mod journal_entries;
mod ledger_lines;
mod ledger_settings;
mod line_matches;
mod lock_exceptions;
mod locks;
mod number_series;
mod opening_balances;
mod posting_rules;
pub mod recurring;
mod recurring_entries;
pub mod reports;
mod revaluation_runs;
mod setup;

use domain::accounting::currency::CurrencyRecord;
use domain::accounting::dimension::{Dimension, DimensionDefault, DimensionRuleRecord, DimensionValue};
use domain::accounting::import_profile::ImportProfile;
use domain::accounting::journal::Journal;
use domain::accounting::report_layout::ReportLayout;

use super::master_data;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    setup::operations(ops);
    ledger_settings::operations(ops);
    accounts::operations(ops);
    master_data::operations::<Journal>(ops);
    number_series::operations(ops);
    master_data::operations::<CurrencyRecord>(ops);
    exchange_rates::operations(ops);
    master_data::operations::<Dimension>(ops);
    master_data::operations::<DimensionValue>(ops);
    master_data::operations::<DimensionDefault>(ops);
    master_data::operations::<DimensionRuleRecord>(ops);
    posting_rules::operations(ops);
    fiscal_years::operations(ops);
    fiscal_periods::operations(ops);
    locks::operations(ops);
    lock_exceptions::operations(ops);
    close_checklist::operations(ops);
    opening_balances::operations(ops);
    journal_entries::operations(ops);
    approvals::operations(ops);
    recurring_entries::operations(ops);
    ledger_lines::operations(ops);
    line_matches::operations(ops);
    master_data::operations::<ReportLayout>(ops);
    reports::operations(ops);
    budgets::operations(ops);
    budget_report::operations(ops);
    deferrals::operations(ops);
    distribution_runs::operations(ops);
    revaluation_runs::operations(ops);
    imports::operations(ops);
    master_data::operations::<ImportProfile>(ops);
    exports::operations(ops);
    integrity::operations(ops);
}
