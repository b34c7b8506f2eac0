//! Receivables and payables over HTTP.

mod ageing;
mod allocations;
mod dunning;
mod open_items;
mod party_statement;
mod write_offs;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    open_items::operations(ops);
    allocations::operations(ops);
    write_offs::operations(ops);
    dunning::operations(ops);
    ageing::operations(ops);
    party_statement::operations(ops);
}
