//! Invoices, bills and notes: documents with lines and taxes.

mod accounts;
mod body;
mod check;
mod dues;
mod facts;
mod input;
mod line;
mod original;
mod post;
mod prepare;
mod prices;
mod show;

pub use body::{
    DocumentChargeBody, DocumentLineBody, NewPurchaseCreditNote, NewPurchaseInvoice, NewSalesCreditNote,
    NewSalesDebitNote, NewSalesInvoice, PaymentAtOnceBody, PrepaymentBody, TradeBody,
};
pub use post::post;
pub use prepare::{Prepared, prepare};
