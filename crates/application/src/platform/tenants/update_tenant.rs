//! Changes what the tenant is called, and where its days begin.

use async_trait::async_trait;
use domain::error::Violation;
use domain::text::LocalizedName;
use domain::time_zone::TimeZone;

use super::{TENANT, existing};
use crate::authorize::{Access, Permission};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppResult, PERMISSION_DENIED};
use crate::platform::guard::record;
use crate::platform::records::Tenant;
use crate::platform::views::TenantView;
use crate::unit_of_work::UnitOfWork;

const UPDATE: Permission = "platform.tenant.update";

/// Code, currency and country are fixed for good: books were kept under them.
pub struct UpdateTenant {
    pub name: Option<LocalizedName>,
    pub time_zone: Option<TimeZone>,
}

#[async_trait]
impl Command for UpdateTenant {
    const NAME: &'static str = "update_tenant";
    const ACCESS: Access = Access::Permission(UPDATE);
    type Output = TenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<TenantView>> {
        let id = uow.tenant();
        let tenant = existing(uow, id).await?;
        check_version(ctx, tenant.version)?;
        let view = self.apply(uow, tenant).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

impl UpdateTenant {
    async fn apply(&self, uow: &mut dyn UnitOfWork, mut tenant: Tenant) -> AppResult<TenantView> {
        let before = TenantView::from(&tenant);
        tenant.name = self.name.clone().unwrap_or(tenant.name);
        tenant.time_zone = self.time_zone.clone().unwrap_or(tenant.time_zone);
        tenant.updated_at = uow.now();
        tenant.version += 1;
        uow.tenants().update(&tenant).await?;
        let view = TenantView::from(&tenant);
        record(uow, (TENANT, view.id), "updated", Some(&before), Some(&view))?;
        Ok(view)
    }
}

/// Moves the days of the caller's tenant to another zone as part of a larger command, for whoever may change the tenant;
/// where it is in that zone already, there is nothing to do or to be allowed.
pub async fn move_to_time_zone(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    time_zone: TimeZone,
) -> AppResult<()> {
    let id = uow.tenant();
    let tenant = existing(uow, id).await?;
    if tenant.time_zone == time_zone {
        return Ok(());
    }
    if !ctx.permissions.allows(UPDATE) {
        let denied = Violation::new(&PERMISSION_DENIED).with("permission", UPDATE);
        return Err(denied.at("/timeZone").into());
    }
    let update = UpdateTenant { name: None, time_zone: Some(time_zone) };
    update.apply(uow, tenant).await.map(|_| ())
}
