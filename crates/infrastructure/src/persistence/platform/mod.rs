//! Tenants, users, jobs, the audit log and the change feed in SQL.

pub mod audit_log;
pub mod change_feed;
pub mod jobs;
pub mod retention;

use crate::sql::statement::Statement;

pub fn statements() -> Vec<&'static Statement> {
    [audit_log::ALL, change_feed::ALL, jobs::ALL, retention::ALL].concat()
}
