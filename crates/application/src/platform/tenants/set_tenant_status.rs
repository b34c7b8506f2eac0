//! Shuts a whole tenant, or opens it again.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::TenantId;

use super::{TENANT, existing};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::{ALREADY_DONE, OWN_TENANT};
use crate::platform::guard::record;
use crate::platform::records::TenantStatus;
use crate::platform::views::TenantView;
use crate::unit_of_work::UnitOfWork;

/// The tenant cannot be used any more; nothing in it changes.
pub struct SuspendTenant {
    pub id: TenantId,
}

/// Opens a suspended tenant.
pub struct ActivateTenant {
    pub id: TenantId,
}

#[async_trait]
impl Command for SuspendTenant {
    const NAME: &'static str = "suspend_tenant";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = TenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<TenantView>> {
        if self.id == ctx.tenant {
            return Err(AppError::of(&OWN_TENANT));
        }
        set_status(ctx, uow, self.id, TenantStatus::Suspended, "suspended").await
    }
}

#[async_trait]
impl Command for ActivateTenant {
    const NAME: &'static str = "activate_tenant";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = TenantView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<TenantView>> {
        set_status(ctx, uow, self.id, TenantStatus::Active, "activated").await
    }
}

async fn set_status(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: TenantId,
    status: TenantStatus,
    action: &'static str,
) -> AppResult<Done<TenantView>> {
    let mut tenant = existing(uow, id).await?;
    check_version(ctx, tenant.version)?;
    if tenant.status == status {
        return Err(AppError::new(Violation::new(&ALREADY_DONE).with("state", status.as_str())));
    }
    let before = TenantView::from(&tenant);
    tenant.status = status;
    tenant.updated_at = uow.now();
    tenant.version += 1;
    uow.enter_tenant(id);
    uow.tenants().update(&tenant).await?;
    let view = TenantView::from(&tenant);
    record(uow, (TENANT, view.id), action, Some(&before), Some(&view))?;
    Ok(Done::of(view.id, view.version, view))
}
