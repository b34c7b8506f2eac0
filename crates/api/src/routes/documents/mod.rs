//! Documents over HTTP: what all types have in common.

mod errors;
mod money;
mod pdf;
mod trade;

use std::marker::PhantomData;
use std::sync::Arc;

use application::authorize::Access;
use application::documents::DocumentBody;
use application::documents::money::{NewPayment, NewReceipt};
use application::documents::ports::{DOCUMENT_LIST, DocumentId, DocumentQueries};
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
    trade::operations::<NewSalesInvoice>(ops);
    trade::cancel(ops);
    trade::operations::<NewSalesCreditNote>(ops);
    trade::operations::<NewSalesDebitNote>(ops);
    trade::operations::<NewPurchaseInvoice>(ops);
    trade::reverse::<NewPurchaseInvoice>(ops, "Reverse a purchase invoice");
    trade::operations::<NewPurchaseCreditNote>(ops);
    trade::reverse::<NewPurchaseCreditNote>(ops, "Reverse a purchase credit note");
    money::operations::<NewReceipt>(ops);
    trade::reverse::<NewReceipt>(ops, "Reverse a receipt");
    money::operations::<NewPayment>(ops);
    trade::reverse::<NewPayment>(ops, "Reverse a payment");
    pdf::operations(ops);
}

/// The list of documents of one type.
struct ListOf<B>(PhantomData<fn() -> B>);

impl<B: DocumentBody> ListSpecSource for ListOf<B> {
    const SPEC: &'static ListSpec = &DOCUMENT_LIST;
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
        .list::<DocumentView>(&DOCUMENT_LIST);
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
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.documents(tenant, B::TYPE, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
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
