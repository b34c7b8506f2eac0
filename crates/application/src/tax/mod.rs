//! Tax codes, and the taxes of documents that are not kept.

pub mod calculation;
pub mod ports;
pub mod tax_codes;
pub mod words;
