//! `POST /tenants/current/setup`: what a template has and the tenant lacks.

use async_trait::async_trait;

use super::template::{SetupOptions, Template, apply_template};
use crate::accounting::fiscal_years::FirstYear;
use crate::accounting::views::ledger_settings::SetupSummary;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SetUpTenant {
    pub template: Template,
    pub first_year: FirstYear,
}

#[async_trait]
impl Command for SetUpTenant {
    const NAME: &'static str = "set_up_tenant";
    const ACCESS: Access = Access::Permission("accounting.ledger_settings.update");
    type Output = SetupSummary;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<SetupSummary>> {
<<<<<<< HEAD
        let options = SetupOptions { first_year: self.first_year, today: uow.now().date() };
=======
        let options = SetupOptions { fiscal_year_start: self.fiscal_year_start, today: ctx.today(uow.now()) };
>>>>>>> 08fc73b (Reports begin with opening figures, closing keeps its currencies, the chart has a history, and a day is the tenant's)
        apply_template(ctx, uow, self.template, options).await.map(Done::new)
    }
}
