//! Invites an address into the tenant.

use async_trait::async_trait;
use domain::error::Language;
use domain::ids::{InvitationId, RoleId};
use domain::platform::EmailAddress;

use super::{INVITATION, INVITE, expiry, given_roles, may_open};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::{Actor, RequestContext};
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::records::Invitation;
use crate::platform::users::address_is_free;
use crate::platform::views::InvitationView;
use crate::unit_of_work::UnitOfWork;

/// Asks nothing outside the tenant: whether the address is known elsewhere changes neither the answer nor its time. The
/// token itself never reaches the command, so that no stored answer can contain it.
pub struct CreateInvitation {
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    /// Roles given at acceptance; needs the right to give roles.
    pub roles: Vec<RoleId>,
    pub token_hash: [u8; 32],
}

#[async_trait]
impl Command for CreateInvitation {
    const NAME: &'static str = "create_invitation";
    const ACCESS: Access = Access::Permission(INVITE);
    type Output = InvitationView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<InvitationView>> {
        let now = uow.now();
        address_is_free(uow, &self.email).await?;
        may_open(uow, &self.email, "/email").await?;
        let mut roles: Vec<RoleId> =
            given_roles(ctx, uow, &self.roles).await?.into_iter().map(|role| role.id).collect();
        roles.sort_unstable();
        roles.dedup();
        let api_key = match ctx.actor {
            Actor::ApiKey(key, _) => Some(key),
            Actor::User(_) | Actor::System => None,
        };
        let invitation = Invitation {
            id: InvitationId::new(uow.new_id()),
            email: self.email.clone(),
            name: self.name.clone(),
            locale: self.locale,
            roles,
            token_hash: self.token_hash,
            invited_by: ctx.actor.user_id(),
            api_key,
            expires_at: expiry(ctx, uow).await?,
            accepted_at: None,
            user: None,
            revoked_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        uow.invitations().insert(&invitation).await?;
        let view = InvitationView::from(&invitation);
        record(uow, (INVITATION, view.id), "created", None, Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
