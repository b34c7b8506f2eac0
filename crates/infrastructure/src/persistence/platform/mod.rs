//! Tenants, users, roles, keys, jobs, leases, the audit log and the change feed in SQL.

mod access;
mod api_keys;
mod attachments;
mod audit_log;
pub mod change_feed;
mod invitations;
mod jobs;
mod leases;
mod lists;
mod log_levels;
mod queries;
mod recent_changes;
mod retention;
mod roles;
mod sessions;
mod stored_blobs;
mod tenants;
mod users;

pub use access::{AccessQueries, KeyAccess, UserAccess};

use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    [
        access::ALL,
        api_keys::ALL,
        attachments::ALL,
        audit_log::ALL,
        change_feed::ALL,
        invitations::ALL,
        jobs::ALL,
        leases::ALL,
        log_levels::ALL,
        queries::ALL,
        recent_changes::ALL,
        retention::ALL,
        roles::ALL,
        sessions::ALL,
        stored_blobs::ALL,
        tenants::ALL,
        users::ALL,
    ]
    .concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    queries::LOOKUPS.to_vec()
}

pub fn lists() -> Vec<&'static ListSql> {
    vec![
        &lists::TENANTS,
        &lists::USERS,
        &lists::INVITATIONS,
        &lists::ROLES,
        &lists::ROLE_ASSIGNMENTS,
        &lists::API_KEYS,
        &attachments::LIST,
        &audit_log::LIST,
        &audit_log::WHOLE_LIST,
        &jobs::LIST,
    ]
}
