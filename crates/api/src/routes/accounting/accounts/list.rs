use std::sync::Arc;

use application::accounting::ports::accounts::{ACCOUNT_LIST, AccountQueries};
use application::accounting::views::account::AccountView;
use application::paging::ListSpec;
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, ListParams, ListSpecSource};

impl ListSpecSource for AccountView {
    const SPEC: &'static ListSpec = &ACCOUNT_LIST;
}

pub async fn list(
    State(queries): State<Arc<dyn AccountQueries>>,
    ctx: Ctx,
    params: ListParams<AccountView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.accounts(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}
