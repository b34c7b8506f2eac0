//! The general ledger in SQL.

use crate::sql::statement::{Accumulate, Bulk, Statement};

pub fn statements() -> Vec<&'static Statement> {
    Vec::new()
}
pub fn bulks() -> Vec<&'static Bulk> {
    Vec::new()
}
pub fn accumulations() -> Vec<&'static Accumulate> {
    Vec::new()
}
