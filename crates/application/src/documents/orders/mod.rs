//! Quotations and orders (R71, R74–R76, R80, R85): documents that promise what others then do, and keep how far they have come.

mod bill;
mod body;
mod confirm;
mod convert;
mod expire;
mod lines;
mod receipt_steps;
mod receive;
mod reopened;
mod revise;
mod step;
mod types;
mod whole;

pub use bill::{BillOrder, BillPurchaseOrderBody, BillSalesOrderBody, Billed, OpenLineBody};
pub use body::{NewPurchaseOrder, NewQuotation, NewSalesOrder};
pub use convert::{ConvertQuotation, ConvertQuotationBody, ConvertedTo};
pub use expire::expire_quotations;
pub use lines::{
    ClosePurchaseOrderLines, CloseSalesOrderLines, LineStepping, OrderLinesBody, ReopenPurchaseOrderLines,
    ReopenSalesOrderLines, StepLines,
};
pub use receive::{ReceiveOrder, ReceiveOrderBody, ReceivedLineBody};
pub use step::TakeStep;
pub use types::{
    AcceptQuotation, CancelPurchaseOrder, CancelSalesOrder, ClosePurchaseOrder, CloseSalesOrder,
    DeclineQuotation, ReopenPurchaseOrder, ReopenSalesOrder, Stepping,
};
