//! Tenants, users, roles, keys, jobs, the audit log and the change feed in SQL.

mod access;
mod api_keys;
mod audit_log;
mod change_feed;
mod jobs;
mod lists;
mod queries;
mod recent_changes;
mod retention;
mod roles;
mod sessions;
mod tenants;
mod users;

pub use access::{AccessQueries, KeyAccess, UserAccess};

use crate::sql::statement::Statement;

pub fn statements() -> Vec<&'static Statement> {
    [
        access::ALL,
        api_keys::ALL,
        audit_log::ALL,
        change_feed::ALL,
        jobs::ALL,
        queries::ALL,
        recent_changes::ALL,
        retention::ALL,
        roles::ALL,
        sessions::ALL,
        tenants::ALL,
        users::ALL,
    ]
    .concat()
}
