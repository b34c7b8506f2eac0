//! `POST /admin/tenants`.

use async_trait::async_trait;

use super::provision::{NewTenant, provision};
use super::tenants::existing;
use super::views::TenantView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

/// Sets up a tenant and its administrator in one transaction.
pub struct CreateTenant {
    pub new: NewTenant,
}

#[async_trait]
impl Command for CreateTenant {
    const NAME: &'static str = "create_tenant";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = TenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<TenantView>> {
        let id = provision(ctx, uow, &self.new).await?;
        let tenant = existing(uow, id).await?;
        Ok(Done::of(id.uuid(), tenant.version, TenantView::from(&tenant)))
    }
}
