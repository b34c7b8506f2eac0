//! Receivables and payables over HTTP.

mod ageing;
mod allocations;
mod open_items;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    open_items::operations(ops);
    allocations::operations(ops);
    ageing::operations(ops);
}
