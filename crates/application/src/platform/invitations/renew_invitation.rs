//! A new token for an invitation that was not accepted yet.

use async_trait::async_trait;
use domain::ids::InvitationId;

use super::{INVITATION, INVITE, expiry, given_roles, may_open, open};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::{Actor, RequestContext};
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::users::address_is_free;
use crate::platform::views::InvitationView;
use crate::unit_of_work::UnitOfWork;

/// The old token stops working. The user who renews it answers for the roles from now on, so must hold everything
/// that they grant.
pub struct RenewInvitation {
    pub id: InvitationId,
    pub token_hash: [u8; 32],
}

#[async_trait]
impl Command for RenewInvitation {
    const NAME: &'static str = "renew_invitation";
    const ACCESS: Access = Access::Permission(INVITE);
    type Output = InvitationView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<InvitationView>> {
        let mut invitation = open(uow, self.id).await?;
        check_version(ctx, invitation.version)?;
        address_is_free(uow, &invitation.email).await?;
        if invitation.expires_at <= uow.now() {
            // It can be accepted again, and the address may have been invited anew.
            may_open(uow, &invitation.email, "").await?;
        }
        given_roles(ctx, uow, &invitation.roles).await?;
        let before = InvitationView::from(&invitation);
        invitation.token_hash = self.token_hash;
        invitation.expires_at = expiry(ctx, uow).await?;
        invitation.invited_by = ctx.actor.user_id();
        invitation.api_key = match ctx.actor {
            Actor::ApiKey(key, _) => Some(key),
            Actor::User(_) | Actor::System => None,
        };
        invitation.updated_at = uow.now();
        invitation.version += 1;
        uow.invitations().update(&invitation).await?;
        let view = InvitationView::from(&invitation);
        record(uow, (INVITATION, view.id), "renewed", Some(&before), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
