//! Receivables and payables: open items and how they are settled.

pub mod ageing;
pub mod allocate;
pub mod auto_allocate;
pub mod entry;
pub mod ports;
pub mod settle;
pub mod undo;
pub mod views;
