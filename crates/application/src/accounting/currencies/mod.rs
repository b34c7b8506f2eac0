//! Currencies: the commands that change them. The company currency is always there and always active.

pub mod create;
pub mod delete;
pub mod update;

/// Entity name in audit log, change feed and cache.
pub const CURRENCY: &str = "currency";
