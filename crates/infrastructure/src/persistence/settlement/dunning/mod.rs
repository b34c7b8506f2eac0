//! Dunning in SQL.

mod queries;
mod repository;
mod rows;

use crate::sql::bulk::Bulk;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub(super) fn statements() -> Vec<&'static Statement> {
    [repository::ALL, queries::ALL].concat()
}

pub(super) static BULKS: &[&Bulk] = repository::BULKS;
pub(super) static LOOKUPS: &[&Lookup] = &[&repository::OVERDUE_OF];
pub(super) static LISTS: &[&ListSql] = &[&queries::RUNS, &queries::NOTICES];
