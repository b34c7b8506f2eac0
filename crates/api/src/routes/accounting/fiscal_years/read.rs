use std::sync::Arc;

use application::accounting::ports::fiscal_years::{FISCAL_YEAR_LIST, FiscalYearQueries};
use application::accounting::views::fiscal_year::FiscalYearView;
use application::paging::ListSpec;
use application::ports::cache::{Cache, CachedEntity};
use axum::extract::State;
use domain::ids::FiscalYearId;
use http::HeaderMap;

use crate::answer::{self, ApiResult, CachedView};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource};

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
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.fiscal_years(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

pub async fn get(
    State(cache): State<Arc<dyn Cache>>,
    State(queries): State<Arc<dyn FiscalYearQueries>>,
    ctx: Ctx,
    Id(id): Id<FiscalYearId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let view = CachedView {
        entity: CachedEntity::FiscalYear,
        id: id.uuid(),
        version: |view: &FiscalYearView| view.version,
    };
    let load = async move { queries.fiscal_year(tenant, id).await };
    answer::reference(&*cache, tenant, view, load, &headers).await
}
