//! Tenants, users, roles and keys in SQL.

mod access;
mod api_keys;
mod lists;
mod queries;
mod roles;
mod sessions;
mod tenants;
mod users;

pub use access::{AccessQueries, KeyAccess, UserAccess};

use crate::sql::statement::Statement;

pub fn statements() -> Vec<&'static Statement> {
    [access::ALL, api_keys::ALL, queries::ALL, roles::ALL, sessions::ALL, tenants::ALL, users::ALL].concat()
}
