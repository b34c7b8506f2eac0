//! `POST /tenants/current/setup`: what a template has and the tenant lacks.

use application::accounting::fiscal_years::FirstYear;
use application::accounting::setup::Template;
use application::accounting::setup::set_up_tenant::SetUpTenant;
use application::accounting::views::ledger_settings::SetupSummary;
use application::command::{Application, execute};
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_END_ALONE, FISCAL_YEAR_END_BEFORE_START, FISCAL_YEAR_TOO_LONG, FISCAL_YEARS_USED,
};
use domain::time_zone::TimeZone;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;

const TAG: &str = "set-up";

request! {
    /// The template and the first settings of a ledger.
    pub struct SetUpTenantBody {
        /// The template: `sa-standard` has a whole chart of accounts, `empty` only what every ledger needs.
        template: Template = "sa-standard",
        /// The first day of the first fiscal year, which may be any day. By default existing years stay; if there are
        /// none, the first one is the calendar year, or begins in the month of the setting `fiscal-year-start-month`.
        fiscal_year_start: Option<NaiveDate> = "2026-01-01",
        /// The last day of the first fiscal year, at most 24 months after it begins; by default the year has twelve
        /// months.
        fiscal_year_end: Option<NaiveDate> = "2026-12-31",
        /// The time zone of the tenant, which decides which day is "today"; by default it stays as it is. Changing it
        /// needs the permission `platform.tenant.update`.
        time_zone: Option<TimeZone> = "Asia/Riyadh",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "A new ledger from a template.");
    ops.post("/tenants/current/setup", set_up)
        .id("set_up_tenant")
        .tag(TAG)
        .summary("Set up the ledger from a template")
        .description(
            "Creates whatever the template has and the tenant lacks, and leaves everything else as it is. \
             Fiscal years that begin on another day than `fiscalYearStart` are replaced, but only while the \
             ledger has no entry, draft or posted; further years are made up to today's. `timeZone` is that \
             of the tenant, as with `PATCH /tenants/current`.",
        )
        .command::<SetUpTenant>()
        .body::<SetUpTenantBody>()
        .ok::<SetupSummary>()
        .errors(&[
            &FISCAL_YEARS_USED,
            &FISCAL_YEAR_TOO_LONG,
            &FISCAL_YEAR_END_BEFORE_START,
            &FISCAL_YEAR_END_ALONE,
        ]);
}

async fn set_up(State(app): State<Application>, ctx: Ctx, Json(body): Json<SetUpTenantBody>) -> ApiResult {
    let first_year = FirstYear { start: body.fiscal_year_start, end: body.fiscal_year_end };
    let command = SetUpTenant { template: body.template, first_year, time_zone: body.time_zone };
    answer::ok(execute(&app, &ctx, command).await?)
}
