//! Receipts and payments (R105): money that moved, and what it pays.

mod at_once;
mod body;
mod named;
mod post;
mod prepare;
mod withholding;

pub use at_once::pay_at_once;
pub use body::{MoneyAllocationBody, NewPayment, NewReceipt};
pub(in crate::documents) use withholding::take_back_withholding;
