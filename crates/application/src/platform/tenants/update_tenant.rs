//! Changes what the tenant is called, and where its days begin.

use async_trait::async_trait;
use domain::text::LocalizedName;
use domain::time_zone::TimeZone;

use super::{TENANT, existing};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::views::TenantView;
use crate::ports::unit_of_work::UnitOfWork;

/// Code, currency and country are fixed for good: books were kept under them.
pub struct UpdateTenant {
    pub name: Option<LocalizedName>,
    pub time_zone: Option<TimeZone>,
}

#[async_trait]
impl Command for UpdateTenant {
    const NAME: &'static str = "update_tenant";
    const ACCESS: Access = Access::Permission("platform.tenant.update");
    type Output = TenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<TenantView>> {
        let id = uow.tenant();
        let mut tenant = existing(uow, id).await?;
        check_version(ctx, tenant.version)?;
        let before = TenantView::from(&tenant);
        tenant.name = self.name.clone().unwrap_or(tenant.name);
        tenant.time_zone = self.time_zone.clone().unwrap_or(tenant.time_zone);
        tenant.updated_at = uow.now();
        tenant.version += 1;
        uow.tenants().update(&tenant).await?;
        let view = TenantView::from(&tenant);
        record(uow, (TENANT, view.id), "updated", Some(&before), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
