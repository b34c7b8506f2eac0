//! Tax codes.

pub mod ports;
pub mod tax_codes;
pub mod words;
