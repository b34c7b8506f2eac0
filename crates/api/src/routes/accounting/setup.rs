//! `POST /tenants/current/setup`: what a template has and the tenant lacks.

use application::accounting::setup::Template;
use application::accounting::setup::set_up_tenant::SetUpTenant;
use application::accounting::views::ledger_settings::SetupSummary;
use application::command::{Application, execute};
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::FISCAL_YEAR_START_NOT_FIRST;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::{request, word_type};

const TAG: &str = "set-up";

word_type!(Template, "template", ["empty", "sa-standard"]);

request! {
    /// What the ledger begins with.
    pub struct SetUpTenantBody {
        /// `sa-standard` has a whole chart of accounts, `empty` only what every ledger needs.
        template: Template = "sa-standard",
        /// The first day of the first fiscal year, a first of a month; the first of January when left out.
        fiscal_year_start: Option<NaiveDate> = "2026-01-01",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "A new ledger from a template.");
    ops.post("/tenants/current/setup", set_up)
        .id("set_up_tenant")
        .tag(TAG)
        .summary("Set up the ledger from a template")
        .description("Creates what the template has and the tenant lacks; what is there is left as it is.")
        .command::<SetUpTenant>()
        .body::<SetUpTenantBody>()
        .ok::<SetupSummary>()
        .errors(&[&FISCAL_YEAR_START_NOT_FIRST]);
}

async fn set_up(State(app): State<Application>, ctx: Ctx, Json(body): Json<SetUpTenantBody>) -> ApiResult {
    let command = SetUpTenant { template: body.template, fiscal_year_start: body.fiscal_year_start };
    answer::ok(execute(&app, &ctx, command).await?)
}
