//! Documents in SQL.

mod queries;
mod repository;
mod rows;

use crate::sql::bulk::Bulk;
use crate::sql::list::ListSql;
use crate::sql::statement::Statement;

pub fn statements() -> Vec<&'static Statement> {
    [repository::ALL, queries::ALL].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    repository::BULKS.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    queries::LISTS.to_vec()
}
