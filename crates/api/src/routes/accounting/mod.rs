//! The general ledger over HTTP.

mod close_checklist;
mod exports;
mod fiscal_periods;
mod fiscal_years;
mod integrity;
mod journal_entries;
mod ledger_lines;
mod lock_exceptions;
mod locks;
mod opening_balances;
mod recurring_entries;
mod reports;
pub mod imports;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    imports::operations(ops);
    close_checklist::operations(ops);
    fiscal_periods::operations(ops);
    fiscal_years::operations(ops);
    journal_entries::operations(ops);
    ledger_lines::operations(ops);
    lock_exceptions::operations(ops);
    locks::operations(ops);
    opening_balances::operations(ops);
    recurring_entries::operations(ops);
    exports::operations(ops);
    integrity::operations(ops);
    reports::operations(ops);
}
