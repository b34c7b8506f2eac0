use application::accounting::accounts::create::CreateAccount;
use application::command::{Application, execute};
use axum::extract::State;
use domain::accounting::account::CashFlowActivity;

use super::dto::CreateAccountBody;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use application::reference::by_id_or_code;

pub async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateAccountBody>,
) -> ApiResult {
    let usual = if body.is_posting { CashFlowActivity::Operating } else { CashFlowActivity::None };
    let command = CreateAccount {
        code: body.code,
        name: body.name,
        account_type: body.r#type,
        subtype: body.subtype.map(Into::into),
        parent: by_id_or_code(body.parent_id, body.parent_code),
        is_posting: body.is_posting,
        currency: body.currency,
        control: body.control,
        cash_flow: body.cash_flow.unwrap_or(usual),
        reconcilable: body.reconcilable,
        active: body.active,
    };
    answer::created(super::PATH, execute(&app, &ctx, command).await?)
}
