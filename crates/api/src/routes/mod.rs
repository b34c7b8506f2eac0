//! One operation a file: `routes/<module>/<resource>/<operation>.rs`.

pub mod accounting;

use crate::operation::Operations;

/// Every operation of the API.
pub fn operations(ops: &mut Operations) {
    accounting::operations(ops);
}
