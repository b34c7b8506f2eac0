//! Receipts and payments over HTTP.

use std::marker::PhantomData;

use application::command::{Application, execute};
use application::documents::error::DOCUMENT_NOT_DRAFT;
use application::documents::money::{CreateMoney, DeleteMoney, MoneyBody, PostMoney, UpdateMoney};
use application::documents::ports::DocumentId;
use application::documents::views::DocumentView;
use axum::extract::State;

use super::errors::{CONTENT, MONEY};
use super::reads;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;
use crate::wire::{Kept, MergePatch};

pub(super) fn operations<B: MoneyBody>(ops: &mut Operations) {
    reads::<B>(ops);
    let names = B::NAMES;
    ops.post(names.path, create::<B>)
        .id(names.create)
        .tag(names.tag)
        .summary(names.summaries.create)
        .description(
            "Keeps a draft, or posts it at once with `post`. The account follows from the method by the posting \
             rules unless it is named. What `allocations` name is settled in the same transaction; what is left \
             stays open as an advance of the party.",
        )
        .command::<CreateMoney<B>>()
        .body::<B>()
        .created::<DocumentView>()
        .errors(CONTENT)
        .errors(MONEY);
    ops.patch(names.path_of_one, update::<B>)
        .id(names.update)
        .tag(names.tag)
        .summary(names.summaries.update)
        .command::<UpdateMoney<B>>()
        .if_match()
        .body::<MergePatch<B>>()
        .ok::<DocumentView>()
        .errors(CONTENT)
        .errors(MONEY)
        .errors(&[&DOCUMENT_NOT_DRAFT]);
    ops.delete(names.path_of_one, delete::<B>)
        .id(names.delete)
        .tag(names.tag)
        .summary(names.summaries.delete)
        .command::<DeleteMoney<B>>()
        .if_match()
        .no_content()
        .errors(&[&DOCUMENT_NOT_DRAFT]);
    ops.post(names.path_of_post, post::<B>)
        .id(names.post)
        .tag(names.tag)
        .summary(names.summaries.post)
        .command::<PostMoney<B>>()
        .if_match()
        .ok::<DocumentView>()
        .errors(CONTENT)
        .errors(MONEY)
        .errors(&[&DOCUMENT_NOT_DRAFT]);
}

async fn create<B: MoneyBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<Kept<B>>,
) -> ApiResult {
    answer::created(B::NAMES.path, execute(&app, &ctx, CreateMoney(body)).await?)
}

async fn update<B: MoneyBody>(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Json(patch): Json<MergePatch<B>>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UpdateMoney { id, patch }).await?)
}

async fn delete<B: MoneyBody>(State(app): State<Application>, ctx: Ctx, Id(id): Id<DocumentId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteMoney::<B> { id, of: PhantomData }).await?)
}

async fn post<B: MoneyBody>(State(app): State<Application>, ctx: Ctx, Id(id): Id<DocumentId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, PostMoney::<B> { id, of: PhantomData }).await?)
}
