use std::sync::Arc;

use application::accounting::accounts::ACCOUNT;
use application::accounting::ports::accounts::{AccountLedgerQuery, AccountQueries};
use application::accounting::views::account_balance::AccountLedgerLineView;
use application::error::{AppError, AppResult};
use application::paging::{ListQuery, PAGE_LIMIT_DEFAULT, Page};
use application::ports::clock::Clock;
use axum::extract::State;
use domain::ids::AccountId;

use super::dto;
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListRequest, Media, Query};

pub async fn ledger(
    State(queries): State<Arc<dyn AccountQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Id(id): Id<AccountId>,
    Query(query): Query<dto::AccountLedgerQuery>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let limited = query.limit.is_some();
    let limit = query.limit.map_or(PAGE_LIMIT_DEFAULT, |limit| u32::try_from(limit.0).unwrap_or(1));
    let today = ctx.today(clock.now());
    let cursor = query.cursor.map(Into::into);
    let asked = AccountLedgerQuery { from: query.from, to: query.to, today, limit, cursor };
    let not_found = || AppError::not_found(ACCOUNT);
    if accept == Media::Json {
        let view = queries.account_ledger(tenant, id, &asked).await?;
        return answer::json(&view.ok_or_else(not_found)?);
    }
    let (from, to) = (asked.from, asked.to);
    let page = move |query: ListQuery| {
        let queries = queries.clone();
        async move {
            let asked = AccountLedgerQuery { from, to, today, limit: query.limit, cursor: query.cursor };
            let view = queries.account_ledger(tenant, id, &asked).await?.ok_or_else(not_found)?;
            AppResult::Ok(Page::<AccountLedgerLineView>::new(view.items, view.next_cursor))
        }
    };
    let query = ListQuery::page(limit, asked.cursor);
    answer::list(page, ListRequest { query, fields: None, limited }, accept).await
}
