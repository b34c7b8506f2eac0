//! A tenant that nobody administers gets an administrator.

use async_trait::async_trait;
use domain::ids::TenantId;

use super::provision::{NewAdministrator, invite};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::HAS_ADMINISTRATOR;
use crate::platform::standard_roles::ADMINISTRATOR;
use crate::platform::tenants::existing;
use crate::platform::users::address_is_free;
use crate::platform::views::InvitationView;
use crate::unit_of_work::UnitOfWork;

/// For a tenant whose first invitation was lost or has expired. Where somebody administers, only they invite: running the
/// platform opens nobody's books.
pub struct InviteAdministrator {
    pub tenant: TenantId,
    pub administrator: NewAdministrator,
    pub token_hash: [u8; 32],
}

#[async_trait]
impl Command for InviteAdministrator {
    const NAME: &'static str = "invite_administrator";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = InvitationView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<InvitationView>> {
        let tenant = existing(uow, self.tenant).await?;
        uow.enter_tenant(tenant.id);
        if uow.users().count_administrators().await? > 0 {
            return Err(AppError::of(&HAS_ADMINISTRATOR));
        }
        address_is_free(uow, &self.administrator.email).await?;
        let role = uow.roles().find_by_code(ADMINISTRATOR).await?;
        let role = role.ok_or_else(|| AppError::internal("no standard role administers"))?;
        let view = invite(uow, &self.administrator, role.id, self.token_hash).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}
