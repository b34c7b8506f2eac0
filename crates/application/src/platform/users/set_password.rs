//! An administrator gives a person a new password.

use async_trait::async_trait;
use domain::ids::UserId;
use domain::platform::PasswordHash;

use super::{USER, member};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::platform::error::CURRENT_PASSWORD_NEEDED;
use crate::platform::guard::{may_set_password, record};
use crate::platform::records::{Member, User};
use crate::platform::sessions::record_ended;
use crate::platform::views::UserView;
use crate::unit_of_work::UnitOfWork;

/// Sets a password, ends every session of the person and lifts a lock.
pub struct SetPassword {
    pub id: UserId,
    pub password_hash: PasswordHash,
    /// The hash against which the current password was verified: needed for one's own account.
    pub verified: Option<PasswordHash>,
}

#[async_trait]
impl Command for SetPassword {
    const NAME: &'static str = "set_password";
    const ACCESS: Access = Access::Permission("platform.user.update");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, self.id).await?;
        check_version(ctx, before.version)?;
        may_set_password(ctx, uow, &before.user).await?;
        knows_own(ctx, &before.user, self.verified.as_ref())?;
        let own = ctx.actor == Actor::User(self.id);
        let after = replace_password(uow, &before, &self.password_hash, !own).await?;
        Ok(Done::of(self.id.uuid(), after.version, UserView::from(&after)))
    }
}

/// Users who change their own account by the administrators' operation prove their password like anyone else.
pub(in crate::platform) fn knows_own(
    ctx: &RequestContext,
    user: &User,
    verified: Option<&PasswordHash>,
) -> AppResult<()> {
    let own = ctx.actor.user_id() == Some(user.id);
    match user.password_hash.as_ref() {
        Some(hash) if own && verified != Some(hash) => {
            let needed = domain::error::Violation::new(&CURRENT_PASSWORD_NEEDED);
            Err(AppError::new(needed.at("/currentPassword")))
        }
        _ => Ok(()),
    }
}

/// The new password with everything that follows from it: new stamp, no session, no lock, an audit row without it.
pub(in crate::platform) async fn replace_password(
    uow: &mut dyn UnitOfWork,
    before: &Member,
    hash: &PasswordHash,
    by_other: bool,
) -> AppResult<Member> {
    let now = uow.now();
    let mut after = before.changed(now);
    after.user.password_hash = Some(hash.clone());
    after.user.password_by_other = by_other;
    after.user.password_changed_at = Some(now);
    after.user.failed_attempts = 0;
    after.user.locked_until = None;
    after.user.updated_at = now;
    after.user.version += 1;
    uow.users().update(&after.user).await?;
    uow.users().update_membership(&after).await?;
    uow.sessions().revoke_user(after.user.id, None).await?;
    let (here, id) = (uow.tenant(), after.user.id);
    record(
        uow,
        (USER, id.uuid()),
        "password_changed",
        Some(&UserView::from(before)),
        Some(&UserView::from(&after)),
    )?;
    // The other tenants of the account notice that its sessions ended, and forget what its tokens were worth.
    for tenant in uow.users().tenants_of(id).await? {
        if tenant != here {
            record_ended(uow, tenant, id, "password_changed")?;
        }
    }
    Ok(after)
}
