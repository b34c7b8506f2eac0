//! An invitation becomes a membership.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::{RoleAssignmentId, UserId};

use super::{GIVE, INVITATION, INVITE};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::permission_set::PermissionSet;
use crate::platform::error::{
    INVITATION_FOR_OTHER, INVITATION_UNUSABLE, INVITATION_VOID, OWN_PASSWORD_NEEDED, TOO_MANY_MEMBERSHIPS,
};
use crate::platform::guard::record;
use crate::platform::records::{
    Invitation, MEMBERSHIPS_MAX, Member, NewUser, Role, RoleAssignment, TenantStatus, User,
};
use crate::platform::users::{USER, address_is_free};
use crate::platform::views::{AcceptedInvitationView, InvitationView, RoleAssignmentView, UserView};
use crate::unit_of_work::UnitOfWork;

/// Runs in the tenant of the invitation, as the account that enters it. Everything that was checked before the password
/// was hashed is checked again here.
pub struct AcceptInvitation {
    pub token_hash: [u8; 32],
    pub account: Account,
}

/// The account of the accepting person.
pub enum Account {
    /// Someone signed in, whose address is the invited one.
    Known(UserId),
    /// A new account, of this tenant alone until its owner takes it into another.
    New(NewUser),
}

#[async_trait]
impl Command for AcceptInvitation {
    const NAME: &'static str = "accept_invitation";
    const ACCESS: Access = Access::Public;
    type Output = AcceptedInvitationView;

    async fn run(
        &self,
        _: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<AcceptedInvitationView>> {
        let now = uow.now();
        let here = uow.tenant();
        let unusable = || AppError::new(Violation::new(&INVITATION_UNUSABLE).at("/token"));
        let tenant = uow.tenants().find(here).await?.filter(|t| t.status == TenantStatus::Active);
        let tenant = tenant.ok_or_else(unusable)?;
        let found = uow.invitations().find_by_token(&self.token_hash).await?;
        let invitation = found.filter(|invitation| invitation.is_usable(now)).ok_or_else(unusable)?;
        let roles = promised_roles(uow, &invitation).await?;
        address_is_free(uow, &invitation.email).await?;
        let (user, name, locale) = match &self.account {
            Account::New(new) => {
                let user = new.clone().at(now);
                uow.users().insert(&user).await?;
                let (name, locale) = (user.name.clone(), user.locale);
                (user, name, locale)
            }
            Account::Known(id) => {
                (brought_along(uow, *id, &invitation).await?, invitation.name.clone(), invitation.locale)
            }
        };
        let member = Member::new(user, name, locale, now);
        uow.users().insert_membership(&member).await?;
        let view = UserView::from(&member);
        record(uow, (USER, view.id), "created", None, Some(&view))?;
        for role in roles {
            give(uow, member.user.id, &role).await?;
        }
        close(uow, invitation, member.user.id).await?;
        let output = AcceptedInvitationView {
            tenant_id: here.uuid(),
            tenant_code: tenant.code.to_string(),
            tenant_name: (&tenant.name).into(),
            user: view,
        };
        Ok(Done::new(output))
    }
}

/// The roles, when whoever invited may still invite and give each of them.
async fn promised_roles(uow: &mut dyn UnitOfWork, invitation: &Invitation) -> AppResult<Vec<Role>> {
    let void = || AppError::of(&INVITATION_VOID);
    let mut roles = Vec::with_capacity(invitation.roles.len());
    for id in &invitation.roles {
        roles.push(uow.roles().find(*id).await?.ok_or_else(void)?);
    }
    let Some(inviter) = invitation.invited_by else { return Ok(roles) };
    let now = uow.now();
    let member = uow.users().member(inviter).await?;
    member.filter(|member| member.active && member.user.active).ok_or_else(void)?;
    let mut rights = PermissionSet::from_grants(uow.users().grants_of(inviter, now).await?);
    if let Some(key) = invitation.api_key {
        let key = uow.api_keys().find(key).await?.filter(|key| key.is_usable(now)).ok_or_else(void)?;
        rights = rights.intersect(&PermissionSet::from_grants(&key.scopes));
    }
    let gives = |role: &Role| role.permissions.iter().all(|grant| rights.allows(grant));
    let may = rights.allows(INVITE) && (roles.is_empty() || rights.allows(GIVE)) && roles.iter().all(gives);
    if may { Ok(roles) } else { Err(void()) }
}

/// A person's own account enters one more tenant. From now on no tenant manages it.
async fn brought_along(uow: &mut dyn UnitOfWork, id: UserId, invitation: &Invitation) -> AppResult<User> {
    let found = uow.users().find(id).await?;
    let mut user = found.filter(|user| user.active).ok_or_else(|| AppError::not_found(USER))?;
    if user.email != invitation.email {
        return Err(AppError::of(&INVITATION_FOR_OTHER));
    }
    if user.password_by_other {
        return Err(AppError::of(&OWN_PASSWORD_NEEDED));
    }
    if uow.users().tenants_of(id).await?.len() >= MEMBERSHIPS_MAX {
        return Err(AppError::new(Violation::new(&TOO_MANY_MEMBERSHIPS).with("max", MEMBERSHIPS_MAX)));
    }
    user.managed_by = None;
    user.updated_at = uow.now();
    user.version += 1;
    uow.users().update(&user).await?;
    Ok(user)
}

async fn give(uow: &mut dyn UnitOfWork, user: UserId, role: &Role) -> AppResult<()> {
    let assignment = RoleAssignment {
        id: RoleAssignmentId::new(uow.new_id()),
        role: role.id,
        user,
        expires_at: None,
        created_at: uow.now(),
        version: 1,
    };
    uow.roles().insert_assignment(&assignment).await?;
    let view = RoleAssignmentView::from(&assignment);
    record(uow, ("role_assignment", view.id), "created", None, Some(&view))
}

async fn close(uow: &mut dyn UnitOfWork, mut invitation: Invitation, user: UserId) -> AppResult<()> {
    let before = InvitationView::from(&invitation);
    let now = uow.now();
    invitation.accepted_at = Some(now);
    invitation.user = Some(user);
    invitation.updated_at = now;
    invitation.version += 1;
    uow.invitations().update(&invitation).await?;
    record(uow, (INVITATION, before.id), "accepted", Some(&before), Some(&InvitationView::from(&invitation)))
}
