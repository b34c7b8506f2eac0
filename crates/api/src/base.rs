//! Where the API lies.

/// Every operation's path begins so.
pub const API_BASE: &str = "/api/v1";
