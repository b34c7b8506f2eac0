//! `POST /tenants/current/setup`: what a template has and the tenant lacks.

use async_trait::async_trait;
use domain::time_zone::TimeZone;

use super::template::{SetupOptions, Template, apply_template};
use crate::accounting::fiscal_years::FirstYear;
use crate::accounting::views::ledger_settings::SetupSummary;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::tenants::move_to_time_zone;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SetUpTenant {
    pub template: Template,
    pub first_year: FirstYear,
    /// The time zone in which its days begin; `None` keeps the current one.
    pub time_zone: Option<TimeZone>,
}

#[async_trait]
impl Command for SetUpTenant {
    const NAME: &'static str = "set_up_tenant";
    const ACCESS: Access = Access::Permission("accounting.ledger_settings.update");
    type Output = SetupSummary;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<SetupSummary>> {
        let mut today = ctx.today(uow.now());
        if let Some(time_zone) = &self.time_zone {
            move_to_time_zone(ctx, uow, time_zone.clone()).await?;
            today = time_zone.day_of(uow.now());
        }
        let options = SetupOptions { first_year: self.first_year, today };
        apply_template(ctx, uow, self.template, options).await.map(Done::new)
    }
}
