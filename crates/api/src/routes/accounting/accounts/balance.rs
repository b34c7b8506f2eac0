use std::sync::Arc;

use application::accounting::accounts::read;
use application::accounting::ports::accounts::AccountQueries;
use application::command::Application;
use axum::extract::State;
use domain::ids::AccountId;

use super::dto::AccountBalanceQuery;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Query};

pub async fn balance(
    State(app): State<Application>,
    State(queries): State<Arc<dyn AccountQueries>>,
    ctx: Ctx,
    Id(id): Id<AccountId>,
    Query(query): Query<AccountBalanceQuery>,
) -> ApiResult {
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(app.clock.now()));
    let view = read::balance(&app, &*queries, ctx.tenant, id, as_of, query.known_at).await?;
    answer::json(&view)
}
