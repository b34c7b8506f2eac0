//! The general ledger over HTTP.

mod accounts;
mod cached;
mod currencies;
mod dimension_rules;
mod dimension_values;
mod dimensions;
mod exchange_rates;
mod journal_entries;
mod journals;
mod ledger_lines;
mod ledger_settings;
mod number_series;
mod reference;
mod setup;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    setup::operations(ops);
    accounts::operations(ops);
    journals::operations(ops);
    number_series::operations(ops);
    currencies::operations(ops);
    exchange_rates::operations(ops);
    dimensions::operations(ops);
    dimension_values::operations(ops);
    dimension_rules::operations(ops);
    ledger_settings::operations(ops);
    journal_entries::operations(ops);
    ledger_lines::operations(ops);
}
