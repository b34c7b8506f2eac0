//! Tenants, users, roles, keys, jobs, the audit log and the change feed in SQL.

mod access;
mod api_keys;
mod attachments;
mod audit_log;
mod change_feed;
mod jobs;
mod lists;
mod queries;
mod retention;
mod roles;
mod sessions;
mod stored_blobs;
mod tenants;
mod users;

pub use access::{AccessQueries, KeyAccess, UserAccess};

use crate::sql::statement::Statement;

pub fn statements() -> Vec<&'static Statement> {
    [
        access::ALL,
        api_keys::ALL,
        attachments::ALL,
        audit_log::ALL,
        change_feed::ALL,
        jobs::ALL,
        queries::ALL,
        retention::ALL,
        roles::ALL,
        sessions::ALL,
        stored_blobs::ALL,
        tenants::ALL,
        users::ALL,
    ]
    .concat()
}
