//! One operation a file: `routes/<module>/<resource>/<operation>.rs`.

pub mod accounting;
mod cached;
mod company;
mod documents;
mod items;
mod master_data;
pub mod parties;
pub mod platform;
mod settlement;
mod tax;

use crate::operation::Operations;

/// Every operation of the API.
pub fn operations(ops: &mut Operations) {
    platform::operations(ops);
    accounting::operations(ops);
    company::operations(ops);
    items::operations(ops);
    documents::operations(ops);
    settlement::operations(ops);
    tax::operations(ops);
    parties::operations(ops);
}
