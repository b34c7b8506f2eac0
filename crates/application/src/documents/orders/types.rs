//! Quotations and orders as types of documents, and the steps that they take after they are drafts.

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::documents::status::Step;

use super::body::{NewPurchaseOrder, NewQuotation, NewSalesOrder};
use super::confirm::confirm;
use super::revise::revise;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::document_names;
use crate::documents::ports::StoredDocument;
use crate::documents::trade::{Prepared, prepare_body};
use crate::documents::views::DocumentView;
use crate::documents::{DocumentBody, DocumentNames, DraftOf};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Kept;

macro_rules! order_documents {
    ($($name:ident: $document_type:ident, $enters:ident, $names:expr;)*) => {$(
        #[async_trait]
        impl DocumentBody for $name {
            const TYPE: DocumentType = DocumentType::$document_type;
            const NAMES: DocumentNames = $names;
            type Prepared = Prepared;

            fn post(&self) -> bool {
                self.$enters
            }

            async fn prepare(
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                books: &mut Books,
                of: DraftOf<'_>,
                kept: &Kept<Self>,
            ) -> AppResult<Prepared> {
                prepare_body(ctx, uow, books, of, kept).await
            }

            async fn enter(
                &self,
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                books: Books,
                prepared: Prepared,
                draft: Option<&StoredDocument>,
            ) -> AppResult<DocumentView> {
                confirm(ctx, uow, books, prepared, draft).await
            }

            async fn revise(
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                prepared: Prepared,
                stored: &StoredDocument,
            ) -> AppResult<DocumentView> {
                revise(ctx, uow, prepared, stored).await
            }
        }
    )*};
}

order_documents! {
    NewQuotation: Quotation, send, document_names!(
        "sales", "quotation", "quotations", "/quotations", "a quotation", "quotations",
        "Offers to customers. They leave no trace in the books.", "send" "Send", "decline"
    );
    NewSalesOrder: SalesOrder, confirm, document_names!(
        "sales", "sales_order", "sales_orders", "/sales-orders", "a sales order", "sales orders",
        "Orders of customers, and how far they are invoiced.", "confirm" "Confirm", "cancel"
    );
    NewPurchaseOrder: PurchaseOrder, confirm, document_names!(
        "purchase", "purchase_order", "purchase_orders", "/purchase-orders", "a purchase order", "purchase orders",
        "Orders to suppliers, and how far they are received and billed.", "confirm" "Confirm", "cancel"
    );
}

/// A step of a type of document, as commands and operations call it.
pub trait Stepping: Send + Sync + 'static {
    type Body: DocumentBody;
    const STEP: Step;
    /// The name of the command and the operation.
    const NAME: &'static str;
    const PATH: &'static str;
    const PERMISSION: &'static str;
    const SUMMARY: &'static str;
    const ABOUT: &'static str;
}

macro_rules! steps {
    ($($name:ident of $body:ident: $step:ident, $verb:literal $entity:literal, $path:literal, $permission:literal, $summary:literal, $about:literal;)*) => {$(
        #[doc = $summary]
        pub struct $name;

        impl Stepping for $name {
            type Body = $body;
            const STEP: Step = Step::$step;
            const NAME: &'static str = concat!($verb, "_", $entity);
            const PATH: &'static str = $path;
            const PERMISSION: &'static str = $permission;
            const SUMMARY: &'static str = $summary;
            const ABOUT: &'static str = $about;
        }
    )*};
}

steps! {
    AcceptQuotation of NewQuotation: Accept, "accept" "quotation", "/quotations/{id}/accept", "sales.quotation.accept",
        "Accept a quotation", "Notes that the customer has accepted the quotation while it was valid.";
    DeclineQuotation of NewQuotation: Decline, "decline" "quotation", "/quotations/{id}/decline", "sales.quotation.decline",
        "Decline a quotation", "Notes that the customer has declined the quotation.";
    CloseSalesOrder of NewSalesOrder: Close, "close" "sales_order", "/sales-orders/{id}/close", "sales.sales_order.close",
        "Close a sales order", "Cancels whatever of the order has neither been delivered nor invoiced.";
    ReopenSalesOrder of NewSalesOrder: Reopen, "reopen" "sales_order", "/sales-orders/{id}/reopen", "sales.sales_order.close",
        "Reopen a sales order", "Undoes the closing of the order: what was cancelled is open again.";
    CancelSalesOrder of NewSalesOrder: Cancel, "cancel" "sales_order", "/sales-orders/{id}/cancel", "sales.sales_order.cancel",
        "Cancel a sales order", "Takes back an order of which nothing has been delivered or invoiced.";
    ClosePurchaseOrder of NewPurchaseOrder: Close, "close" "purchase_order", "/purchase-orders/{id}/close", "purchase.purchase_order.close",
        "Close a purchase order", "Cancels whatever of the order has neither been received nor billed.";
    ReopenPurchaseOrder of NewPurchaseOrder: Reopen, "reopen" "purchase_order", "/purchase-orders/{id}/reopen", "purchase.purchase_order.close",
        "Reopen a purchase order", "Undoes the closing of the order: what was cancelled is open again.";
    CancelPurchaseOrder of NewPurchaseOrder: Cancel, "cancel" "purchase_order", "/purchase-orders/{id}/cancel", "purchase.purchase_order.cancel",
        "Cancel a purchase order", "Takes back an order of which nothing has been received or billed.";
}
