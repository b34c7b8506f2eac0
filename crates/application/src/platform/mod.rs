//! Tenants, users, roles and keys: commands, ports and views.
pub mod audit_log;
pub mod batch;
pub mod change_feed;
pub mod identity;
pub mod jobs;
pub mod retention;
