//! Notes that the product itself makes and posts.

use super::DocumentBody;
use super::ports::{DocumentId, StoredDocument};
use super::steps::note_posted;
use super::trade::{Prepared, post};
use super::views::DocumentView;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Kept;

/// Posts the note that a body describes and notes it. Answers it as it is kept and as it is shown, with the decimals of its
/// currency.
pub(in crate::documents) async fn post_note<B: DocumentBody<Prepared = Prepared>>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: String,
) -> AppResult<(StoredDocument, DocumentView, u8)> {
    let kept = Kept::<B>::read(body)?;
    let id = DocumentId::new(uow.new_id());
    let mut books = Books::open(ctx, uow).await?;
    let prepared = B::prepare(ctx, uow, &mut books, (id, None), &kept).await?;
    let scale = prepared.money.currency.scale;
    let note = post(ctx, uow, books, prepared, None).await?;
    let view = note_posted(uow, &note, scale);
    Ok((note, view, scale))
}
