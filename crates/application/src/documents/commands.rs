//! The commands on invoices, bills and notes, for every type the same.

use std::marker::PhantomData;

use async_trait::async_trait;
use domain::error::Violation;

use super::error::{PAYMENT_NEEDS_POST, SUPPLIER_INVOICE_EXISTS};
use super::money::pay_at_once;
use super::ports::{DocumentId, StoredDocument};
use super::steps::{delete, draft, may_post, note_posted, of_type};
use super::trade::{Prepared, TradeBody, keep, post, prepare};
use super::views::DocumentView;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::trade::Preparing;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, MergePatch};

/// `POST` to the collection.
pub struct CreateDocument<B>(pub Kept<B>);

/// `PATCH` of a draft.
pub struct UpdateDocument<B> {
    pub id: DocumentId,
    pub patch: MergePatch<B>,
}

/// `DELETE` of a draft.
pub struct DeleteDocument<B> {
    pub id: DocumentId,
    of: PhantomData<fn() -> B>,
}

/// A draft enters the books.
pub struct PostDocument<B> {
    pub id: DocumentId,
    of: PhantomData<fn() -> B>,
}

/// A new draft with the body of another document. It has no link to it.
pub struct CopyDocument<B> {
    pub id: DocumentId,
    of: PhantomData<fn() -> B>,
}

macro_rules! named_by_id {
    ($($command:ident),*) => {$(
        impl<B> $command<B> {
            pub fn new(id: DocumentId) -> Self {
                Self { id, of: PhantomData }
            }
        }
    )*};
}
named_by_id!(DeleteDocument, PostDocument, CopyDocument);

#[async_trait]
impl<B: TradeBody> Command for CreateDocument<B> {
    const NAME: &'static str = B::NAMES.create;
    const ACCESS: Access = Access::Permission(B::NAMES.can_create);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let (post_now, payment) = (self.0.body.post(), self.0.body.payment());
        if post_now {
            may_post(ctx, B::NAMES.can_post)?;
        } else if payment.is_some() {
            return Err(Violation::new(&PAYMENT_NEEDS_POST).at("/payment").into());
        }
        let id = DocumentId::new(uow.new_id());
        let mut books = Books::open(ctx, uow).await?;
        let prepared = prepared(ctx, uow, &mut books, (id, None), &self.0).await?;
        if !post_now {
            uow.documents().insert_document(&prepared.document).await?;
            return Ok(done(uow, &prepared, prepared.document.clone(), None, "created"));
        }
        let scale = prepared.money.currency.scale;
        let document = post(ctx, uow, books, prepared, None).await?;
        let mut view = note_posted(uow, &document, scale);
        if let Some(payment) = payment {
            pay_at_once(ctx, uow, &document, payment, &mut view).await?;
        }
        Ok(Done::of(view.id, view.version, view))
    }
}

#[async_trait]
impl<B: TradeBody> Command for UpdateDocument<B> {
    const NAME: &'static str = B::NAMES.update;
    const ACCESS: Access = Access::Permission(B::NAMES.can_update);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = draft(ctx, uow, self.id, B::TYPE).await?;
        let kept = self.patch.apply(&stored.body)?;
        let mut books = Books::open(ctx, uow).await?;
        let prepared = prepared(ctx, uow, &mut books, (self.id, Some(&stored)), &kept).await?;
        let document = keep(uow, prepared.document.clone(), Some(&stored)).await?;
        let before = stored.shown(None, prepared.money.currency.scale);
        Ok(done(uow, &prepared, document, Some(before), "updated"))
    }
}

#[async_trait]
impl<B: TradeBody> Command for DeleteDocument<B> {
    const NAME: &'static str = B::NAMES.delete;
    const ACCESS: Access = Access::Permission(B::NAMES.can_delete);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        delete(ctx, uow, self.id, B::TYPE).await
    }
}

#[async_trait]
impl<B: TradeBody> Command for PostDocument<B> {
    const NAME: &'static str = B::NAMES.post;
    const ACCESS: Access = Access::Permission(B::NAMES.can_post);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = draft(ctx, uow, self.id, B::TYPE).await?;
        let kept = Kept::<B>::read(stored.body.clone())?;
        let mut books = Books::open(ctx, uow).await?;
        let prepared = prepared(ctx, uow, &mut books, (self.id, Some(&stored)), &kept).await?;
        let scale = prepared.money.currency.scale;
        let document = post(ctx, uow, books, prepared, Some(&stored)).await?;
        let view = note_posted(uow, &document, scale);
        Ok(Done::of(view.id, view.version, view))
    }
}

#[async_trait]
impl<B: TradeBody> Command for CopyDocument<B> {
    const NAME: &'static str = B::NAMES.copy;
    const ACCESS: Access = Access::Permission(B::NAMES.can_create);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = of_type(uow, self.id, B::TYPE).await?;
        // Dates, and the number that the other side gave it, are those of one document only.
        let today = ctx.today(uow.now());
        let fresh = format!(
            r#"{{"documentDate":"{today}","postingDate":null,"supplyDate":null,"taxDate":null,"dueDate":null,"rate":null,"reference":null,"supplierNumber":null,"supplierTotal":null,"supplierVat":null,"prepayments":null}}"#
        );
        let kept = MergePatch::<B>::of_known(fresh).apply(&stored.body)?;
        let id = DocumentId::new(uow.new_id());
        let mut books = Books::open(ctx, uow).await?;
        let prepared = prepared(ctx, uow, &mut books, (id, None), &kept).await?;
        uow.documents().insert_document(&prepared.document).await?;
        Ok(done(uow, &prepared, prepared.document.clone(), None, "created"))
    }
}

/// Prepares a body, and refuses a supplier's number that another document has (R87).
async fn prepared<B: TradeBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    (id, draft): (DocumentId, Option<&StoredDocument>),
    kept: &Kept<B>,
) -> AppResult<Prepared> {
    let input = kept.body.input();
    let draft = draft.filter(|draft| !input.reprice && same_lines(&draft.body, &kept.text));
    let preparing = Preparing { ctx, document_type: B::TYPE, id, body: &kept.text, input, draft };
    let prepared = prepare(preparing, uow, books).await?;
    let document = &prepared.document;
    if let Some(key) = &document.supplier_key {
        let found = uow.documents().by_supplier_key(B::TYPE, document.party, key).await?;
        if let Some(other) = found.filter(|other| *other != id) {
            let number = document.view.supplier_number.clone().unwrap_or_default();
            let exists = Violation::new(&SUPPLIER_INVOICE_EXISTS).at("/supplierNumber");
            return Err(exists.with("number", number).with("id", other).into());
        }
    }
    Ok(prepared)
}

/// Whether two bodies have the same lines, so that a draft keeps the prices that these found.
fn same_lines(before: &str, after: &str) -> bool {
    let lines = |text: &str| {
        let body: Option<serde_json::Value> = serde_json::from_str(text).ok();
        body.and_then(|mut body| body.get_mut("lines").map(serde_json::Value::take))
    };
    before == after || lines(before) == lines(after)
}

/// Notes a draft and shows it.
fn done(
    uow: &mut dyn UnitOfWork,
    prepared: &Prepared,
    document: StoredDocument,
    before: Option<DocumentView>,
    action: &'static str,
) -> Done<DocumentView> {
    let entity = document.document_type.as_str();
    let view = document.shown(None, prepared.money.currency.scale);
    record(uow, entity, view.id, action, before.as_ref(), Some(&view));
    let view = DocumentView { lines: Some(document.lines), ..view };
    Done::of(view.id, view.version, view)
}
