//! The general ledger over HTTP.

mod exports;
mod integrity;
mod journal_entries;
mod ledger_lines;
mod reports;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    exports::operations(ops);
    integrity::operations(ops);
    journal_entries::operations(ops);
    ledger_lines::operations(ops);
    reports::operations(ops);
}
