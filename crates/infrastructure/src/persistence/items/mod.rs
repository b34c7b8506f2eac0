//! Items and their prices in SQL.

pub mod categories;
pub mod item;
pub mod price_lists;
pub mod price_queries;
pub mod repository;
pub mod units;

use crate::sql::bulk::Bulk;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [categories::ALL, item::ALL, price_lists::ALL, price_queries::ALL].concat()
}

pub fn bulks() -> Vec<&'static Bulk> {
    [item::BULKS, price_lists::BULKS].concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    [units::LOOKUPS, categories::LOOKUPS, item::LOOKUPS, price_lists::LOOKUPS].concat()
}
