//! The commands on documents, for every type the same.

use std::marker::PhantomData;

use async_trait::async_trait;
use domain::error::Violation;

use super::copied::without_links;
use super::ports::{DocumentId, DocumentStatus, StoredDocument};
use super::steps::{changeable, delete, draft, keep, may_post, note, of_type};
use super::trade::without_charge_links;
use super::views::DocumentView;
use super::{DocumentBody, PreparedDocument};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::{WarningView, shown};
use crate::wire::{Kept, MergePatch};

/// `POST` to the collection.
pub struct CreateDocument<B>(pub Kept<B>);

/// `PATCH` of a draft, or of an order that is confirmed.
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
impl<B: DocumentBody> Command for CreateDocument<B> {
    const NAME: &'static str = B::NAMES.create;
    const ACCESS: Access = Access::Permission(B::NAMES.can_create);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        if !self.0.body.post() {
            return make_draft(ctx, uow, &self.0).await;
        }
        may_post(ctx, B::NAMES.can_post)?;
        let id = DocumentId::new(uow.new_id());
        let mut books = Books::open(ctx, uow).await?;
        let prepared = B::prepare(ctx, uow, &mut books, (id, None), &self.0).await?;
        let warnings = prepared.warnings().to_vec();
        let view = self.0.body.enter(ctx, uow, books, prepared, None).await?;
        Ok(done(view, with_those_of_posting(ctx, uow, warnings)))
    }
}

#[async_trait]
impl<B: DocumentBody> Command for UpdateDocument<B> {
    const NAME: &'static str = B::NAMES.update;
    const ACCESS: Access = Access::Permission(B::NAMES.can_update);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = changeable(ctx, uow, self.id, B::TYPE).await?;
        let kept = self.patch.apply(&stored.body)?;
        let mut books = Books::open(ctx, uow).await?;
        let prepared = B::prepare(ctx, uow, &mut books, (self.id, Some(&stored)), &kept).await?;
        let warnings = shown(prepared.warnings(), ctx.language);
        if stored.status != DocumentStatus::Draft {
            return Ok(done(B::revise(ctx, uow, prepared, &stored).await?, warnings));
        }
        let scale = prepared.scale();
        let document = keep(uow, prepared.into_document(), Some(&stored)).await?;
        let before = stored.shown(None, scale);
        Ok(done(note(uow, &document, (None, scale), Some(&before), "updated"), warnings))
    }
}

#[async_trait]
impl<B: DocumentBody> Command for DeleteDocument<B> {
    const NAME: &'static str = B::NAMES.delete;
    const ACCESS: Access = Access::Permission(B::NAMES.can_delete);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        delete(ctx, uow, self.id, B::TYPE).await
    }
}

#[async_trait]
impl<B: DocumentBody> Command for PostDocument<B> {
    const NAME: &'static str = B::NAMES.post;
    const ACCESS: Access = Access::Permission(B::NAMES.can_post);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = draft(ctx, uow, self.id, B::TYPE).await?;
        let kept = Kept::<B>::read(stored.body.clone())?;
        let mut books = Books::open(ctx, uow).await?;
        let prepared = B::prepare(ctx, uow, &mut books, (self.id, Some(&stored)), &kept).await?;
        let warnings = prepared.warnings().to_vec();
        let view = kept.body.enter(ctx, uow, books, prepared, Some(&stored)).await?;
        Ok(done(view, with_those_of_posting(ctx, uow, warnings)))
    }
}

#[async_trait]
impl<B: DocumentBody> Command for CopyDocument<B> {
    const NAME: &'static str = B::NAMES.copy;
    const ACCESS: Access = Access::Permission(B::NAMES.can_create);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = of_type(uow, self.id, B::TYPE).await?;
        let stored = StoredDocument { body: without_charge_links(&stored.body), ..stored };
        // Dates, and the number that the other side gave it, are those of one document only.
        let today = ctx.today(uow.now());
        let fresh = format!(
            r#"{{"documentDate":"{today}","postingDate":null,"supplyDate":null,"taxDate":null,"dueDate":null,"rate":null,"reference":null,"supplierNumber":null,"supplierTotal":null,"supplierVat":null,"prepayments":null,"validUntil":null,"acceptDifferenceReason":null,"creditOverrideReason":null}}"#
        );
        let kept = MergePatch::<B>::of_known(fresh).apply(&without_links(&stored))?;
        make_draft(ctx, uow, &kept).await
    }
}

/// Keeps a new draft.
async fn make_draft<B: DocumentBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    kept: &Kept<B>,
) -> AppResult<Done<DocumentView>> {
    let id = DocumentId::new(uow.new_id());
    let mut books = Books::open(ctx, uow).await?;
    let prepared = B::prepare(ctx, uow, &mut books, (id, None), kept).await?;
    let (scale, warnings) = (prepared.scale(), shown(prepared.warnings(), ctx.language));
    let document = keep(uow, prepared.into_document(), None).await?;
    Ok(done(note(uow, &document, (None, scale), None, "created"), warnings))
}

/// The warnings about a document, and about what its posting took from budgets.
fn with_those_of_posting(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    mut warnings: Vec<Violation>,
) -> Vec<WarningView> {
    warnings.append(uow.warnings());
    shown(&warnings, ctx.language)
}

fn done(view: DocumentView, warnings: Vec<WarningView>) -> Done<DocumentView> {
    Done::of(view.id, view.version, DocumentView { warnings, ..view })
}
