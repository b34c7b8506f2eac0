//! Invitations: how an e-mail address becomes a member. A user with the right invites; only the invited person makes
//! the membership, by accepting with the token that was handed to them.

mod accept;
mod accept_invitation;
mod create_invitation;
mod renew_invitation;
mod revoke_invitation;
mod token;

pub use accept::{Acceptor, NewAccount, accept};
pub use accept_invitation::{AcceptInvitation, Account};
pub use create_invitation::CreateInvitation;
pub use renew_invitation::RenewInvitation;
pub use revoke_invitation::RevokeInvitation;
pub use token::InvitationToken;

use domain::error::{Violation, Violations};
use domain::ids::{InvitationId, RoleId};
use domain::platform::EmailAddress;
use domain::time::Timestamp;

use super::error::{ALREADY_INVITED, INVITATION_CLOSED, TOO_MANY_INVITATIONS};
use super::guard::{may_give, own_end};
use super::records::{INVITATIONS_OPEN_MAX, Invitation, Role};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, PERMISSION_DENIED, UNKNOWN_REFERENCE};
use crate::nouns::noun;
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
use crate::unit_of_work::UnitOfWork;

/// The resource, as in permissions, events and messages.
pub const INVITATION: &str = "invitation";
/// The permission that inviting needs, and that the inviting user must still hold at acceptance.
const INVITE: &str = "platform.user.create";
/// The permission that giving roles needs beside it.
const GIVE: &str = "platform.role_assignment.create";
/// How long an invitation can be accepted, in seconds.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 3600;

pub static INVITATION_LIST: ListSpec = ListSpec {
    resource: INVITATION,
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("email", FieldKind::Text).sortable(),
        FieldSpec::new("invitedBy", FieldKind::Id).nullable(),
        FieldSpec::new("expiresAt", FieldKind::Timestamp),
        FieldSpec::new("acceptedAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("revokedAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("createdAt", Direction::Descending)],
    expand: &[],
};

/// An invitation of the tenant that is neither accepted nor revoked.
async fn open(uow: &mut dyn UnitOfWork, id: InvitationId) -> AppResult<Invitation> {
    let found = uow.invitations().find(id).await?.ok_or_else(|| AppError::not_found(INVITATION))?;
    if found.is_open() { Ok(found) } else { Err(AppError::of(&INVITATION_CLOSED)) }
}

/// Whether one more invitation can be accepted from now on: an address has one at most, and a tenant not too many.
/// `pointer` is where the address stands in the request.
async fn may_open(uow: &mut dyn UnitOfWork, email: &EmailAddress, pointer: &str) -> AppResult<()> {
    let now = uow.now();
    if uow.invitations().is_invited(email, now).await? {
        return Err(AppError::new(Violation::new(&ALREADY_INVITED).at(pointer)));
    }
    if uow.invitations().count_usable(now).await? >= INVITATIONS_OPEN_MAX {
        let too_many = Violation::new(&TOO_MANY_INVITATIONS).with("max", INVITATIONS_OPEN_MAX);
        return Err(AppError::new(too_many));
    }
    Ok(())
}

/// The roles, when all exist and the caller may give each of them.
async fn given_roles(ctx: &RequestContext, uow: &mut dyn UnitOfWork, ids: &[RoleId]) -> AppResult<Vec<Role>> {
    if !ids.is_empty() && !ctx.permissions.allows(GIVE) {
        return Err(AppError::new(Violation::new(&PERMISSION_DENIED).with("permission", GIVE)));
    }
    let mut errors = Violations::new();
    let mut roles = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        match uow.roles().find(*id).await? {
            Some(role) => roles.push(role),
            None => {
                let unknown = Violation::new(&UNKNOWN_REFERENCE)
                    .with_phrase("resource", noun("role"))
                    .with("value", id);
                errors.push(unknown.at(format!("/roleIds/{index}")));
            }
        }
    }
    errors.into_result(())?;
    for role in &roles {
        may_give(ctx, &role.permissions)?;
    }
    Ok(roles)
}

/// An invitation by a key ends with the key.
async fn expiry(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Timestamp> {
    let usual = uow.now().plus_seconds(INVITATION_SECONDS);
    Ok(own_end(ctx, uow).await?.map_or(usual, |end| end.min(usual)))
}
