use application::accounting::accounts::delete::DeleteAccount;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::AccountId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<AccountId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteAccount { id }).await?)
}
