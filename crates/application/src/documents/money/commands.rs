//! The commands on receipts and payments.

use std::marker::PhantomData;

use async_trait::async_trait;
use domain::money::Amount;

use super::body::MoneyBody;
use super::post::post_money;
use super::prepare::{PreparedMoney, PreparingMoney, prepare_money};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::{delete, draft, may_post};
use crate::documents::trade::keep;
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, MergePatch};

/// `POST` to the collection.
pub struct CreateMoney<B>(pub Kept<B>);

/// `PATCH` of a draft.
pub struct UpdateMoney<B> {
    pub id: DocumentId,
    pub patch: MergePatch<B>,
}

/// `DELETE` of a draft.
pub struct DeleteMoney<B> {
    pub id: DocumentId,
    pub of: PhantomData<fn() -> B>,
}

/// A draft enters the books.
pub struct PostMoney<B> {
    pub id: DocumentId,
    pub of: PhantomData<fn() -> B>,
}

async fn prepared<B: MoneyBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    id: DocumentId,
    kept: &Kept<B>,
) -> AppResult<PreparedMoney> {
    let (document_type, input) = (B::TYPE, kept.body.input());
    prepare_money(PreparingMoney { ctx, document_type, id, body: &kept.text, input }, uow, books).await
}

/// Notes it and shows it.
fn done(
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    (open, scale): (Option<Amount>, u8),
    before: Option<DocumentView>,
    action: &'static str,
) -> Done<DocumentView> {
    let view = document.shown(open, scale);
    record(uow, document.document_type.as_str(), view.id, action, before.as_ref(), Some(&view));
    Done::of(view.id, view.version, view)
}

#[async_trait]
impl<B: MoneyBody> Command for CreateMoney<B> {
    const NAME: &'static str = B::NAMES.create;
    const ACCESS: Access = Access::Permission(B::NAMES.can_create);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let id = DocumentId::new(uow.new_id());
        let mut books = Books::open(ctx, uow).await?;
        if self.0.body.post() {
            may_post(ctx, B::NAMES.can_post)?;
        }
        let prepared = prepared(ctx, uow, &mut books, id, &self.0).await?;
        let scale = prepared.scale;
        if !self.0.body.post() {
            uow.documents().insert_document(&prepared.document).await?;
            return Ok(done(uow, &prepared.document, (None, scale), None, "created"));
        }
        let allocations = self.0.body.input().allocations;
        let (document, left) = post_money(ctx, uow, books, prepared, allocations).await?;
        let document = keep(uow, document, None).await?;
        Ok(done(uow, &document, (Some(left), scale), None, "posted"))
    }
}

#[async_trait]
impl<B: MoneyBody> Command for UpdateMoney<B> {
    const NAME: &'static str = B::NAMES.update;
    const ACCESS: Access = Access::Permission(B::NAMES.can_update);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = draft(ctx, uow, self.id, B::TYPE).await?;
        let kept = self.patch.apply(&stored.body)?;
        let mut books = Books::open(ctx, uow).await?;
        let prepared = prepared(ctx, uow, &mut books, self.id, &kept).await?;
        let document = keep(uow, prepared.document, Some(&stored)).await?;
        let before = stored.shown(None, prepared.scale);
        Ok(done(uow, &document, (None, prepared.scale), Some(before), "updated"))
    }
}

#[async_trait]
impl<B: MoneyBody> Command for DeleteMoney<B> {
    const NAME: &'static str = B::NAMES.delete;
    const ACCESS: Access = Access::Permission(B::NAMES.can_delete);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        delete(ctx, uow, self.id, B::TYPE).await
    }
}

#[async_trait]
impl<B: MoneyBody> Command for PostMoney<B> {
    const NAME: &'static str = B::NAMES.post;
    const ACCESS: Access = Access::Permission(B::NAMES.can_post);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = draft(ctx, uow, self.id, B::TYPE).await?;
        let kept = Kept::<B>::read(stored.body.clone())?;
        let mut books = Books::open(ctx, uow).await?;
        let prepared = prepared(ctx, uow, &mut books, self.id, &kept).await?;
        let scale = prepared.scale;
        let (posted, left) = post_money(ctx, uow, books, prepared, kept.body.input().allocations).await?;
        let document = keep(uow, posted, Some(&stored)).await?;
        Ok(done(uow, &document, (Some(left), scale), None, "posted"))
    }
}
