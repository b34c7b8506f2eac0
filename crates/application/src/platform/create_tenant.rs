//! `POST /admin/tenants`.

use async_trait::async_trait;

use super::provision::{NewTenant, provision};
use super::tenants::existing;
use super::views::TenantView;
use crate::accounting::setup::{SetupOptions, Template, apply_template};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

/// Sets up a tenant, its administrator and its ledger in one transaction.
pub struct CreateTenant {
    pub new: NewTenant,
}

#[async_trait]
impl Command for CreateTenant {
    const NAME: &'static str = "create_tenant";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = TenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<TenantView>> {
        let template = Template::parse(&self.new.template).map_err(|violation| violation.at("/template"))?;
        let id = provision(ctx, uow, &self.new).await?;
        let options = SetupOptions { fiscal_year_start: None, today: uow.now().date() };
        apply_template(ctx, uow, template, options).await?;
        let tenant = existing(uow, id).await?;
        Ok(Done::of(id.uuid(), tenant.version, TenantView::from(&tenant)))
    }
}
