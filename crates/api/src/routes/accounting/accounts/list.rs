use std::sync::Arc;

use application::accounting::ports::accounts::{ACCOUNT_LIST, AccountQueries};
use application::accounting::views::account::AccountView;
use application::paging::ListSpec;
use application::ports::cache::{Cache, CachedEntity};
use axum::extract::{RawQuery, State};

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, ListParams, ListSpecSource};
use crate::routes::cached::list_key;

impl ListSpecSource for AccountView {
    const SPEC: &'static ListSpec = &ACCOUNT_LIST;
}

pub async fn list(
    State(queries): State<Arc<dyn AccountQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    query: RawQuery,
    params: ListParams<AccountView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.accounts(tenant, &query).await }
    };
    let key = list_key(&ctx, CachedEntity::Account, &query);
    answer::cached_list(&*cache, key, page, params.into_inner(), accept).await
}
