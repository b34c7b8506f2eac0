//! The base path of the API.

/// Every operation's path begins so.
pub const API_BASE: &str = "/api/v1";
