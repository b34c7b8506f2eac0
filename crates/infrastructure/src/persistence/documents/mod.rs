//! Documents in SQL.

mod progress;
mod queries;
mod repository;
mod rows;

use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [repository::ALL, progress::ALL, queries::ALL].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [repository::BULKS, progress::BULKS].concat()
}

pub fn bulk_updates() -> Vec<&'static BulkUpdate> {
    vec![&repository::USE_GROUP, &repository::CREDIT_LINE, &progress::MOVE_LINE]
}

pub fn lookups() -> Vec<&'static Lookup> {
    repository::LOOKUPS.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    queries::LISTS.to_vec()
}
