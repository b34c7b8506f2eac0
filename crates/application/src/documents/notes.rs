//! Notes that the product itself makes and posts.

use super::DocumentBody;
use super::ports::{DocumentId, StoredDocument};
use super::steps::note_posted;
use super::trade::{Prepared, post};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Kept;

/// Posts the note of a discount that a body describes and notes it; whoever grants the discount settles it. Answers it as it is
/// kept.
pub(in crate::documents) async fn post_discount_note<B: DocumentBody<Prepared = Prepared>>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: String,
) -> AppResult<StoredDocument> {
    let (note, scale) = post_note::<B>(ctx, uow, body).await?;
    note_posted(uow, &note, scale);
    Ok(note)
}

/// Posts the note that a body describes. Answers it as it is kept, with the decimals of its currency.
pub(in crate::documents) async fn post_note<B: DocumentBody<Prepared = Prepared>>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: String,
) -> AppResult<(StoredDocument, u8)> {
    let kept = Kept::<B>::read(body)?;
    let id = DocumentId::new(uow.new_id());
    let mut books = Books::open(ctx, uow).await?;
    let prepared = B::prepare(ctx, uow, &mut books, (id, None), &kept).await?;
    let scale = prepared.money.currency.scale;
    Ok((post(ctx, uow, books, prepared, None).await?, scale))
}
