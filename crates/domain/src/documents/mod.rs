//! Documents of trade: invoices, bills, notes, receipts and payments (R70–R79).

pub mod discount;
pub mod document_type;
pub mod money_document;
pub mod note;
pub mod posting;
pub mod supplier_number;
