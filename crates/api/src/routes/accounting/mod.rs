//! The general ledger over HTTP.

mod journal_entries;
mod ledger_lines;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    journal_entries::operations(ops);
    ledger_lines::operations(ops);
}
