//! The accounts the ledger itself posts to.

pub mod update;

/// Entity name in audit log, change feed and cache. There is one of a tenant; its id is the tenant's.
pub const LEDGER_SETTINGS: &str = "ledger_settings";
