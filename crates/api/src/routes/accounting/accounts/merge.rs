use application::accounting::accounts::merge::{MergeAccount, MergeAccountBody};
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::AccountId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn merge(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<AccountId>,
    Json(body): Json<MergeAccountBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, MergeAccount { id, body }).await?)
}
