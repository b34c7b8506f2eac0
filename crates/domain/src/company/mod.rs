//! The company that keeps the books, and its branches.

pub mod branch;
pub mod profile;
