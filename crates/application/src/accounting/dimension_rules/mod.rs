//! Dimension rules (R9): what accounts ask of the dimensions on their lines.

pub mod create;
pub mod delete;
pub mod input;
pub mod update;

/// Entity name in audit log, change feed and cache.
pub const DIMENSION_RULE: &str = "dimension_rule";
