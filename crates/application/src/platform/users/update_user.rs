//! Changes how the tenant knows a person, and the address of an account it manages.

use async_trait::async_trait;
use domain::error::{Language, Violation};
use domain::ids::UserId;
use domain::platform::{EmailAddress, PasswordHash};

use super::set_password::knows_own;
use super::{USER, address_is_free, member};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::platform::error::OWN_ACCOUNT;
use crate::platform::guard::{may_change_account, may_overrule, record};
use crate::platform::views::UserView;
use crate::unit_of_work::UnitOfWork;

/// Changes name, address or language; what is `None` stays.
pub struct UpdateUser {
    pub id: UserId,
    pub email: Option<EmailAddress>,
    pub name: Option<String>,
    pub locale: Option<Language>,
    /// The hash against which the current password was verified: needed for the address of one's own account.
    pub verified: Option<PasswordHash>,
}

#[async_trait]
impl Command for UpdateUser {
    const NAME: &'static str = "update_user";
    const ACCESS: Access = Access::Permission("platform.user.update");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, self.id).await?;
        check_version(ctx, before.version)?;
        let now = uow.now();
        let mut after = before.changed(now);
        if ctx.actor != Actor::User(self.id) {
            may_overrule(ctx, uow, self.id).await?;
        }
        if let Some(email) = self.email.as_ref().filter(|email| **email != before.user.email) {
            may_change_account(ctx, uow, &before.user).await?;
            if before.user.managed_by != Some(ctx.tenant) {
                return Err(AppError::new(Violation::new(&OWN_ACCOUNT).at("/email")));
            }
            knows_own(ctx, &before.user, self.verified.as_ref())?;
            address_is_free(uow, email).await?;
            after.user.email = email.clone();
            after.user.updated_at = now;
            after.user.version += 1;
            uow.users().update(&after.user).await?;
        }
        after.name = self.name.clone().unwrap_or(after.name);
        after.locale = self.locale.unwrap_or(after.locale);
        uow.users().update_membership(&after).await?;
        let view = UserView::from(&after);
        record(uow, (USER, view.id), "updated", Some(&UserView::from(&before)), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
