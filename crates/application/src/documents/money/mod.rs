//! Receipts and payments (R105): money that moved, and what it pays.

mod at_once;
mod body;
mod commands;
mod named;
mod post;
mod prepare;
mod withholding;

pub use at_once::pay_at_once;
pub use body::{MoneyAllocationBody, MoneyBody, NewPayment, NewReceipt};
pub use commands::{CreateMoney, DeleteMoney, PostMoney, UpdateMoney};
pub(in crate::documents) use withholding::take_back_withholding;
