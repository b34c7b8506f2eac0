//! Documents of trade: quotations, orders, invoices, bills, notes, receipts and payments (R70–R86).

pub mod discount;
pub mod document_type;
pub mod match_policy;
pub mod money_document;
pub mod next_share;
pub mod note;
pub mod posting;
pub mod price_match;
pub mod progress;
pub mod status;
pub mod supplier_number;
