//! Documents on paper: what an invoice, a note or a voucher says, composed for one language or both.
//!
//! Composing knows the words and nothing of paper; drawing ([`ports::Printer`]) knows paper and no words.

mod address;
mod captions;
pub mod document;
pub mod dunning_notice;
pub mod error;
pub mod ports;
pub mod print_document;
mod trade;
mod voucher;
pub mod wording;
