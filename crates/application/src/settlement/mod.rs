//! Receivables and payables: open items and how they are settled.

pub mod adjust;
pub mod ageing;
pub mod allocate;
pub mod auto_allocate;
pub mod discounts;
pub mod dunning;
pub mod entry;
pub mod party_statement;
pub mod ports;
pub mod settle;
pub mod undo;
pub mod views;
pub mod write_offs;
