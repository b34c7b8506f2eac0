//! The general ledger over HTTP.

pub mod imports;
mod journal_entries;
mod ledger_lines;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    imports::operations(ops);
    journal_entries::operations(ops);
    ledger_lines::operations(ops);
}
