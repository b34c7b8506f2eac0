//! Value added tax: how a supply is treated, the calculation that documents, returns and e-invoices share (R17), tax codes.

pub mod by_hand;
pub mod calculate;
pub mod category;
pub mod credit;
pub mod document;
mod exclusive;
pub mod exemption;
mod exemption_text;
mod inclusive;
pub mod payable;
mod price;
pub mod tax_code;
pub mod tax_entry;
pub mod vat_period;
pub mod vat_return;
pub mod withholding;
