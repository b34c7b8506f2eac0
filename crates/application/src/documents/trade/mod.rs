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
mod post;
mod prepare;
mod prices;
mod resolve;
mod show;
mod tax_only;

pub use body::{
    DocumentChargeBody, DocumentLineBody, NewPurchaseCreditNote, NewPurchaseInvoice, NewSalesCreditNote,
    NewSalesDebitNote, NewSalesInvoice, PaymentAtOnceBody, PrepaymentBody, TradeBody,
};
pub use post::post;
pub(in crate::documents) use post::{keep, of_the_whole};
pub use prepare::{Prepared, Preparing, prepare};
