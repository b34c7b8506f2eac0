//! What is owed by and to parties, and how it is settled.

pub mod ageing;
pub mod allocation;
pub mod matching;
pub mod open_item;
