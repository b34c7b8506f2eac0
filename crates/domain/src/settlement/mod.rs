//! Debts of and to parties, and their settlement.

pub mod ageing;
pub mod allocation;
pub mod bad_debt;
pub mod dunning;
pub mod early_discount;
pub mod matching;
pub mod open_item;
pub mod tolerance;
pub mod write_off;
