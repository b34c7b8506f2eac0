//! Tenants, users, roles and keys: commands, ports and views.
//!
//! An account ([`records::User`]) enters tenants through memberships, which only accepting an invitation makes; roles are
//! named sets of permissions of one tenant; an API key acts for a member with a part of that member's rights.

pub mod api_keys;
pub mod attachments;
pub mod attempts;
pub mod audit_chain;
pub mod audit_log;
pub mod backups;
pub mod batch;
pub mod cache;
pub mod change_feed;
pub mod change_log_levels;
pub mod error;
pub mod feature_flags;
pub mod guard;
pub mod identity;
pub mod invitations;
pub mod jobs;
pub mod leadership;
pub mod log_levels;
pub mod me;
pub mod on_behalf;
pub mod outbox;
pub mod permissions;
pub mod ports;
pub mod records;
pub mod retention;
pub mod role_assignments;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod sign_in_policy;
pub mod standard_roles;
pub mod tenants;
pub mod users;
pub mod views;
mod words;
