//! Lines of reconcilable accounts: what is open of them, and what was matched (R155).

pub mod account;
pub mod auto;
pub mod create;
pub mod keep;
pub mod ports;
pub mod report;
pub mod undo;
pub mod views;

pub const READ: &str = "accounting.line_match.read";
const CREATE: &str = "accounting.line_match.create";
const ENTITY: &str = "line_match";
