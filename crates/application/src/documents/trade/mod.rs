//! Invoices, bills and notes: documents with lines and taxes.

mod accounts;
mod adjust;
mod body;
mod check;
mod credit;
mod dues;
mod facts;
mod header;
mod input;
mod line;
mod original;
mod parts;
mod post;
mod prepare;
mod prices;
mod resolve;
mod show;
mod tax_only;
mod types;

pub use body::{
    NewPurchaseCreditNote, NewPurchaseInvoice, NewSalesCreditNote, NewSalesDebitNote, NewSalesInvoice,
};
pub use parts::{DocumentChargeBody, DocumentLineBody, PaymentAtOnceBody, PrepaymentBody};
pub use post::post;
pub use prepare::{Prepared, Preparing, prepare};
pub use types::TradeBody;
