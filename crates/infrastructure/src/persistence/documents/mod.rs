//! Documents in SQL.

mod money_allocations;
mod progress;
mod queries;
mod recurring;
mod recurring_runs;
mod repository;
mod repository_sql;
mod rows;

use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [
        repository_sql::ALL,
        progress::ALL,
        queries::ALL,
        money_allocations::ALL,
        recurring::ALL,
        recurring_runs::ALL,
        &[&recurring_runs::MADE, &recurring_runs::MADE_AFTER_FAILURE],
    ]
    .concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [repository_sql::BULKS, progress::BULKS, recurring_runs::BULKS].concat()
}

pub fn bulk_updates() -> Vec<&'static BulkUpdate> {
    vec![&repository_sql::USE_GROUP, &repository_sql::CREDIT_LINE, &progress::MOVE_LINE]
}

pub fn lookups() -> Vec<&'static Lookup> {
    repository_sql::LOOKUPS.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    [queries::LISTS, &[&recurring::LIST, &recurring_runs::LIST]].concat()
}
