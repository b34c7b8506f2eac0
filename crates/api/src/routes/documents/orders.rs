//! Quotations and orders over HTTP: the steps after they are drafts.

use std::marker::PhantomData;

use application::command::{Application, execute};
use application::documents::DocumentBody;
use application::documents::error as own;
use application::documents::orders::{
    AcceptQuotation, BillOrder, BillPurchaseOrderBody, BillSalesOrderBody, Billed, CancelPurchaseOrder,
    CancelSalesOrder, ClosePurchaseOrder, ClosePurchaseOrderLines, CloseSalesOrder, CloseSalesOrderLines,
    ConvertQuotation, ConvertQuotationBody, ConvertedTo, DeclineQuotation, LineStepping, NewPurchaseOrder,
    NewQuotation, NewSalesOrder, OrderLinesBody, ReceiveOrder, ReceiveOrderBody, ReopenPurchaseOrder,
    ReopenPurchaseOrderLines, ReopenSalesOrder, ReopenSalesOrderLines, StepLines, Stepping, TakeStep,
};
use application::documents::ports::DocumentId;
use application::documents::trade::NewSalesInvoice;
use application::documents::views::DocumentView;
use axum::extract::State;
use domain::documents::progress::OVER_RECEIPT;

use super::errors::{BILLING, CONTENT, LINES, POSTING};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;

pub(super) fn quotations(ops: &mut Operations) {
    step::<AcceptQuotation>(ops);
    step::<DeclineQuotation>(ops);
    let names = NewQuotation::NAMES;
    ops.post("/quotations/{id}/convert", convert)
        .id("convert_quotation")
        .tag(names.tag)
        .summary("Convert a quotation")
        .description(
            "Makes an order or an invoice of today with what the quotation says, and notes that the customer has accepted it. A \
             quotation becomes one document. The answer is that document. It needs the permission to create it.",
        )
        .command::<ConvertQuotation>()
        .if_match()
        .body::<ConvertQuotationBody>()
        .created::<DocumentView>()
        .errors(CONTENT)
        .errors(LINES)
        .errors(POSTING)
        .errors(&[&own::QUOTATION_CONVERTED, &own::QUOTATION_EXPIRED, &own::STEP_NOT_POSSIBLE]);
}

pub(super) fn sales(ops: &mut Operations) {
    step::<CloseSalesOrder>(ops);
    step::<ReopenSalesOrder>(ops);
    step::<CancelSalesOrder>(ops);
    lines::<CloseSalesOrderLines>(ops);
    lines::<ReopenSalesOrderLines>(ops);
    bill::<BillSalesOrderBody>(
        ops,
        "/sales-orders/{id}/invoice",
        "Invoice a sales order",
        "Makes an invoice of everything that is open, or of the lines and quantities that are named. Prices and discounts are \
         those of the order; charges are on the first invoice. The answer is the invoice.",
    );
}

pub(super) fn purchases(ops: &mut Operations) {
    step::<ClosePurchaseOrder>(ops);
    step::<ReopenPurchaseOrder>(ops);
    step::<CancelPurchaseOrder>(ops);
    lines::<ClosePurchaseOrderLines>(ops);
    lines::<ReopenPurchaseOrderLines>(ops);
    bill::<BillPurchaseOrderBody>(
        ops,
        "/purchase-orders/{id}/invoice",
        "Enter the bill of a purchase order",
        "Makes a bill of everything that is received and not billed yet, or of the lines and quantities that are named. The \
         answer is the bill.",
    );
    let names = NewPurchaseOrder::NAMES;
    ops.post("/purchase-orders/{id}/receive", receive)
        .id("receive_purchase_order")
        .tag(names.tag)
        .summary("Receive a purchase order")
        .description(
            "Notes what has been received of services and of goods that are not stocked: everything that is open, or the lines \
             and quantities that are named. Bills are matched with it.",
        )
        .command::<ReceiveOrder>()
        .if_match()
        .body::<ReceiveOrderBody>()
        .ok::<DocumentView>()
        .errors(&[
            &own::ORDER_NOT_CONFIRMED,
            &own::ORDER_LINE_UNKNOWN,
            &own::LINE_NAMED_TWICE,
            &own::NOTHING_OPEN,
            &own::STOCK_NOT_AVAILABLE,
            &OVER_RECEIPT,
        ]);
}

fn step<S: Stepping>(ops: &mut Operations) {
    ops.post(S::PATH, take::<S>)
        .id(S::NAME)
        .tag(<S::Body as DocumentBody>::NAMES.tag)
        .summary(S::SUMMARY)
        .description(S::ABOUT)
        .command::<TakeStep<S>>()
        .if_match()
        .ok::<DocumentView>()
        .errors(&[
            &own::STEP_NOT_POSSIBLE,
            &own::ORDER_HAS_PROGRESS,
            &own::QUOTATION_EXPIRED,
            &own::CREDIT_LIMIT_EXCEEDED,
        ]);
}

fn lines<S: LineStepping>(ops: &mut Operations) {
    ops.post(S::PATH, step_lines::<S>)
        .id(S::NAME)
        .tag(<S::Body as DocumentBody>::NAMES.tag)
        .summary(S::SUMMARY)
        .description(S::ABOUT)
        .command::<StepLines<S>>()
        .if_match()
        .body::<OrderLinesBody>()
        .ok::<DocumentView>()
        .errors(&[
            &own::STEP_NOT_POSSIBLE,
            &own::ORDER_LINE_UNKNOWN,
            &own::LINE_NAMED_TWICE,
            &own::ORDER_LINES_UNCHANGED,
            &own::CREDIT_LIMIT_EXCEEDED,
        ]);
}

fn bill<B: Billed>(ops: &mut Operations, path: &'static str, summary: &'static str, about: &'static str) {
    ops.post(path, make_invoice::<B>)
        .id(B::NAME)
        .tag(<B::Order as DocumentBody>::NAMES.tag)
        .summary(summary)
        .description(about)
        .command::<BillOrder<B>>()
        .body::<B>()
        .created::<DocumentView>()
        .errors(CONTENT)
        .errors(LINES)
        .errors(BILLING)
        .errors(POSTING)
        .errors(&[&own::NOTHING_OPEN, &own::LINE_NAMED_TWICE])
        .large();
}

async fn take<S: Stepping>(State(app): State<Application>, ctx: Ctx, Id(id): Id<DocumentId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, TakeStep::<S>::new(id)).await?)
}

async fn step_lines<S: LineStepping>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(body): Json<OrderLinesBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, StepLines::<S> { id, body, of: PhantomData }).await?)
}

async fn make_invoice<B: Billed>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(body): Json<B>,
) -> ApiResult {
    let path = <B::Invoice as DocumentBody>::NAMES.path;
    answer::created(path, execute(&app, &ctx, BillOrder { id, body, of: PhantomData }).await?)
}

async fn receive(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(body): Json<ReceiveOrderBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, ReceiveOrder { id, body }).await?)
}

async fn convert(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(body): Json<ConvertQuotationBody>,
) -> ApiResult {
    let path = match body.to {
        ConvertedTo::SalesOrder => NewSalesOrder::NAMES.path,
        ConvertedTo::SalesInvoice => NewSalesInvoice::NAMES.path,
    };
    answer::created(path, execute(&app, &ctx, ConvertQuotation { id, body }).await?)
}
