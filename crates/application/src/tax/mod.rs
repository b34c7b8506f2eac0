//! Tax codes, the taxes of documents, and the VAT returns that declare them.

pub mod calculation;
pub mod ports;
pub mod report_ports;
pub mod tax_codes;
pub mod tax_entries;
pub mod unpaid_input_vat;
pub mod vat_detail;
pub mod vat_returns;
pub mod withholding;
pub mod words;
