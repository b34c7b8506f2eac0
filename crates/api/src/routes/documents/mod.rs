//! Documents over HTTP: what all types have in common.

mod dunning_pdf;
pub(in crate::routes) mod errors;
mod operations;
mod orders;
mod pdf;
mod recurring;
mod undo;

use std::marker::PhantomData;
use std::sync::Arc;

use application::authorize::Access;
use application::documents::DocumentBody;
use application::documents::money::{NewPayment, NewReceipt};
use application::documents::orders::{NewPurchaseOrder, NewQuotation, NewSalesOrder};
use application::documents::ports::{DocumentId, DocumentQueries, list_spec};
use application::documents::trade::{
    NewPurchaseCreditNote, NewPurchaseInvoice, NewSalesCreditNote, NewSalesDebitNote, NewSalesInvoice,
};
use application::documents::views::DocumentView;
use application::error::AppError;
use application::paging::ListSpec;
use axum::extract::State;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource};
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    trade::<NewQuotation>(ops);
    orders::quotations(ops);
    trade::<NewSalesOrder>(ops);
    orders::sales(ops);
    trade::<NewPurchaseOrder>(ops);
    orders::purchases(ops);
    trade::<NewSalesInvoice>(ops);
    undo::cancel(ops);
    trade::<NewSalesCreditNote>(ops);
    trade::<NewSalesDebitNote>(ops);
    trade::<NewPurchaseInvoice>(ops);
    undo::reverse::<NewPurchaseInvoice>(ops, "Reverse a purchase invoice");
    trade::<NewPurchaseCreditNote>(ops);
    undo::reverse::<NewPurchaseCreditNote>(ops, "Reverse a purchase credit note");
    operations::operations::<NewReceipt>(ops);
    undo::reverse::<NewReceipt>(ops, "Reverse a receipt");
    operations::operations::<NewPayment>(ops);
    undo::reverse::<NewPayment>(ops, "Reverse a payment");
    recurring::operations(ops);
    pdf::operations(ops);
    dunning_pdf::operations(ops);
}

/// Registers a type of document that has lines.
fn trade<B: DocumentBody>(ops: &mut Operations) {
    operations::operations::<B>(ops);
    operations::copies::<B>(ops);
}

/// The list of documents of one type.
struct ListOf<B>(PhantomData<fn() -> B>);

impl<B: DocumentBody> ListSpecSource for ListOf<B> {
    const SPEC: &'static ListSpec = list_spec(B::TYPE);
}

/// Registers what only reads.
fn reads<B: DocumentBody>(ops: &mut Operations) {
    let names = B::NAMES;
    ops.tag(names.tag, names.about);
    ops.get(names.path, list::<B>)
        .id(names.list)
        .tag(names.tag)
        .summary(names.summaries.list)
        .description("Lists leave the lines out.")
        .access(Access::Permission(names.can_read))
        .list::<DocumentView>(list_spec(B::TYPE));
    ops.get(names.path_of_one, get::<B>)
        .id(names.get)
        .tag(names.tag)
        .summary(names.summaries.get)
        .access(Access::Permission(names.can_read))
        .view::<DocumentView>();
}

async fn list<B: DocumentBody>(
    State(queries): State<Arc<dyn DocumentQueries>>,
    ctx: Ctx,
    params: ListParams<ListOf<B>>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.documents(tenant, B::TYPE, query), params, accept)
        .await
}

async fn get<B: DocumentBody>(
    State(queries): State<Arc<dyn DocumentQueries>>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.document(ctx.tenant, B::TYPE, id).await?;
    let view = view.ok_or_else(|| AppError::not_found(B::NAMES.entity))?;
    answer::view(&view, Some(view.version), &headers)
}
