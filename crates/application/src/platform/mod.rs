//! Tenants, users, roles and keys: commands, ports and views.
pub mod identity;
