//! Invoices, bills and notes: documents with lines and taxes.

mod accounts;
mod adjust;
mod body;
mod carried;
mod check;
mod content;
mod credit;
mod dues;
mod facts;
mod finish;
mod header;
mod input;
mod line;
mod matched;
mod moves;
mod ordered;
mod original;
mod parts;
mod post;
mod prepare;
mod prepare_lines;
mod prices;
mod released;
mod resolve;
mod show;
mod tax_only;
mod types;
mod warn;

pub(in crate::documents) use body::lined_body;
pub use body::{
    NOTES_LENGTH_MAX, NewPurchaseCreditNote, NewPurchaseInvoice, NewSalesCreditNote, NewSalesDebitNote,
    NewSalesInvoice,
};
pub use content::OrderLine;
pub use input::Input;
pub use moves::OrderMove;
pub(in crate::documents) use moves::OrderMoves;
pub use parts::{DocumentChargeBody, DocumentLineBody, PaymentAtOnceBody, PrepaymentBody};
pub use post::post;
pub use prepare::{Prepared, Preparing, prepare};
pub use types::TradeBody;
pub(in crate::documents) use types::{prepare_body, same_supplier_number};
