//! Takes an invitation back.

use async_trait::async_trait;
use domain::ids::InvitationId;

use super::{INVITATION, open};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::{may_take, record};
use crate::platform::views::InvitationView;
use crate::unit_of_work::UnitOfWork;

/// It stays in the list, but is never accepted.
pub struct RevokeInvitation {
    pub id: InvitationId,
}

#[async_trait]
impl Command for RevokeInvitation {
    const NAME: &'static str = "revoke_invitation";
    const ACCESS: Access = Access::Permission("platform.user.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let mut invitation = open(uow, self.id).await?;
        check_version(ctx, invitation.version)?;
        for role in &invitation.roles {
            if let Some(role) = uow.roles().find(*role).await? {
                may_take(ctx, &role.permissions)?;
            }
        }
        let before = InvitationView::from(&invitation);
        let now = uow.now();
        invitation.revoked_at = Some(now);
        invitation.updated_at = now;
        invitation.version += 1;
        uow.invitations().update(&invitation).await?;
        let view = InvitationView::from(&invitation);
        record(uow, (INVITATION, view.id), "revoked", Some(&before), Some(&view))?;
        Ok(Done::new(()))
    }
}
