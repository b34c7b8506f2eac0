//! An administrator gives a person a new password.

use async_trait::async_trait;
use domain::ids::UserId;
use domain::platform::PasswordHash;

use super::member;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::{may_change_person, record_person};
use crate::platform::records::Member;
use crate::platform::views::UserView;
use crate::ports::unit_of_work::UnitOfWork;

/// Sets a password, ends every session of the person and lifts a lock.
pub struct SetPassword {
    pub id: UserId,
    pub password_hash: PasswordHash,
}

#[async_trait]
impl Command for SetPassword {
    const NAME: &'static str = "set_password";
    const ACCESS: Access = Access::Permission("platform.user.update");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, self.id).await?;
        check_version(ctx, before.user.version)?;
        may_change_person(ctx, uow, &before.user).await?;
        let after = replace_password(uow, &before, &self.password_hash).await?;
        Ok(Done::of(self.id.uuid(), after.user.version, UserView::from(&after)))
    }
}

/// The new password with everything that follows from it: new stamp, no session, no lock, an audit row without it.
pub(in crate::platform) async fn replace_password(
    uow: &mut dyn UnitOfWork,
    before: &Member,
    hash: &PasswordHash,
) -> AppResult<Member> {
    let mut after = before.clone();
    after.user.password_hash = Some(hash.clone());
    after.user.password_changed_at = Some(uow.now());
    after.user.failed_attempts = 0;
    after.user.locked_until = None;
    after.user.updated_at = uow.now();
    after.user.version += 1;
    uow.users().update(&after.user).await?;
    uow.sessions().revoke_user(after.user.id, None).await?;
    record_person(uow, "password_changed", Some(before), &after).await?;
    Ok(after)
}
