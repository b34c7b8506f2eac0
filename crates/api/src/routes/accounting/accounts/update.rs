use application::accounting::accounts::update::UpdateAccount;
use application::command::{Application, execute};
use axum::extract::State;
use domain::ids::AccountId;

use super::dto::UpdateAccountBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use application::reference::patched;

pub async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<AccountId>,
    Json(body): Json<UpdateAccountBody>,
) -> ApiResult {
    let command = UpdateAccount {
        id,
        code: body.code.0,
        name: body.name.0,
        account_type: body.r#type.0,
        subtype: body.subtype.map(String::from).into_option(),
        parent: patched(body.parent_id, body.parent_code),
        is_posting: body.is_posting.0,
        currency: body.currency.into_option(),
        control: body.control.0,
        cash_flow: body.cash_flow.0,
        reconcilable: body.reconcilable.0,
        active: body.active.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}
