//! `POST /admin/tenants`.

use async_trait::async_trait;

use super::provision::{NewTenant, Provisioned, provision};
use crate::accounting::fiscal_years::FirstYear;
use crate::accounting::setup::{SetupOptions, Template, apply_template};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::tenants::existing;
use crate::platform::views::{NewTenantView, TenantView};
use crate::unit_of_work::UnitOfWork;

/// Sets up a tenant, its administrator and its ledger in one transaction.
pub struct CreateTenant {
    pub new: NewTenant,
    pub first_year: FirstYear,
}

#[async_trait]
impl Command for CreateTenant {
    const NAME: &'static str = "create_tenant";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = NewTenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<NewTenantView>> {
        let template = Template::parse(&self.new.template).map_err(|violation| violation.at("/template"))?;
        let Provisioned { tenant: id, invitation } = provision(ctx, uow, &self.new).await?;
        let options =
            SetupOptions { first_year: self.first_year, today: self.new.time_zone().day_of(uow.now()) };
        apply_template(ctx, uow, template, options).await?;
        let tenant = existing(uow, id).await?;
        let view = NewTenantView { tenant: TenantView::from(&tenant), invitation, token: None };
        Ok(Done::of(id.uuid(), tenant.version, view))
    }
}
