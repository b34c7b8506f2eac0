//! `/fiscal-periods`: opened and closed one by one.

use std::sync::Arc;

use application::accounting::fiscal_periods::{CloseFiscalPeriod, OpenFiscalPeriod};
use application::accounting::fiscal_years::{LEDGER_OUT_OF_BALANCE, REOPEN_REASON_LENGTH_MAX};
use application::accounting::ports::fiscal_years::{FISCAL_PERIOD_LIST, FiscalYearQueries};
use application::accounting::views::fiscal_year::FiscalPeriodView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::State;
use domain::accounting::fiscal_period::{
    FISCAL_PERIOD_ALREADY_CLOSED, FISCAL_PERIOD_ALREADY_OPEN, FISCAL_PERIOD_IN_CLOSED_YEAR,
};
use domain::ids::FiscalPeriodId;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::routes::cached::cached;
use crate::wire::RequiredText;

const READ: Access = Access::Permission("accounting.fiscal_period.read");
const TAG: &str = "fiscal periods";

impl ListSpecSource for FiscalPeriodView {
    const SPEC: &'static ListSpec = &FISCAL_PERIOD_LIST;
}

request! {
    /// The reason for opening a fiscal period again.
    pub struct OpenFiscalPeriodBody {
        /// The reason, which is kept in the audit log.
        reason: RequiredText<REOPEN_REASON_LENGTH_MAX> = "Late supplier invoice",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Fiscal periods: the months or quarters of a fiscal year, and its closing period.");
    ops.get("/fiscal-periods", list)
        .id("list_fiscal_periods")
        .tag(TAG)
        .summary("List fiscal periods")
        .access(READ)
        .list::<FiscalPeriodView>(&FISCAL_PERIOD_LIST);
    ops.get("/fiscal-periods/{id}", get)
        .id("get_fiscal_period")
        .tag(TAG)
        .summary("Get a fiscal period")
        .access(READ)
        .view::<FiscalPeriodView>();
    ops.post("/fiscal-periods/{id}/open", open)
        .id("open_fiscal_period")
        .tag(TAG)
        .summary("Open a fiscal period")
        .description(
            "The period takes entries again. Its year must be open. The reason is kept in the audit log.",
        )
        .command::<OpenFiscalPeriod>()
        .if_match()
        .body::<OpenFiscalPeriodBody>()
        .ok::<FiscalPeriodView>()
        .errors(&[&FISCAL_PERIOD_ALREADY_OPEN, &FISCAL_PERIOD_IN_CLOSED_YEAR]);
    ops.post("/fiscal-periods/{id}/close", close)
        .id("close_fiscal_period")
        .tag(TAG)
        .summary("Close a fiscal period")
        .description("The period takes no further entries. Look at `/close-checklist` first.")
        .command::<CloseFiscalPeriod>()
        .if_match()
        .ok::<FiscalPeriodView>()
        .errors(&[&FISCAL_PERIOD_ALREADY_CLOSED, &LEDGER_OUT_OF_BALANCE]);
}

async fn list(
    State(queries): State<Arc<dyn FiscalYearQueries>>,
    ctx: Ctx,
    params: ListParams<FiscalPeriodView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.fiscal_periods(tenant, query), params, accept).await
}

async fn get(
    State(cache): State<Arc<dyn Cache>>,
    State(queries): State<Arc<dyn FiscalYearQueries>>,
    ctx: Ctx,
    Id(id): Id<FiscalPeriodId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = queries.fiscal_period(tenant, id).await?;
        Ok(view.map(|view| {
            let version = view.version;
            (view, Some(version))
        }))
    };
    cached(&cache, CacheKey::id(tenant, CachedEntity::FiscalPeriod, id.uuid()), &headers, load).await
}

async fn open(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<FiscalPeriodId>,
    Json(body): Json<OpenFiscalPeriodBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, OpenFiscalPeriod { id, reason: body.reason.into() }).await?)
}

async fn close(State(app): State<Application>, ctx: Ctx, Id(id): Id<FiscalPeriodId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, CloseFiscalPeriod { id }).await?)
}
