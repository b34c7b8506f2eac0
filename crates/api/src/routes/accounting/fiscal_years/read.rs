use std::sync::Arc;

use application::accounting::ports::fiscal_years::{FISCAL_YEAR_LIST, FiscalYearQueries};
use application::accounting::views::fiscal_year::FiscalYearView;
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::State;
use domain::ids::FiscalYearId;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource};
use crate::routes::cached::cached;

impl ListSpecSource for FiscalYearView {
    const SPEC: &'static ListSpec = &FISCAL_YEAR_LIST;
}

pub async fn list(
    State(queries): State<Arc<dyn FiscalYearQueries>>,
    ctx: Ctx,
    params: ListParams<FiscalYearView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.fiscal_years(tenant, query), params, accept).await
}

pub async fn get(
    State(cache): State<Arc<dyn Cache>>,
    State(queries): State<Arc<dyn FiscalYearQueries>>,
    ctx: Ctx,
    Id(id): Id<FiscalYearId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = queries.fiscal_year(tenant, id).await?;
        Ok(view.map(|view| {
            let version = view.version;
            (view, Some(version))
        }))
    };
    cached(&cache, CacheKey::id(tenant, CachedEntity::FiscalYear, id.uuid()), &headers, load).await
}
