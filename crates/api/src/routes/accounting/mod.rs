//! The general ledger over HTTP.

use crate::operation::Operations;

pub fn operations(_ops: &mut Operations) {}
