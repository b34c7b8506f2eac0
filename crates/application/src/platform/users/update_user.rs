//! Changes who a person is.

use async_trait::async_trait;
use domain::error::{Language, Violation};
use domain::ids::UserId;
use domain::platform::EmailAddress;

use super::member;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{ALREADY_EXISTS, AppError, AppResult};
use crate::platform::guard::{may_change_person, record_person};
use crate::platform::views::UserView;
use crate::ports::unit_of_work::UnitOfWork;

/// Changes name, address or language; what is `None` stays.
pub struct UpdateUser {
    pub id: UserId,
    pub email: Option<EmailAddress>,
    pub name: Option<String>,
    pub locale: Option<Language>,
}

#[async_trait]
impl Command for UpdateUser {
    const NAME: &'static str = "update_user";
    const ACCESS: Access = Access::Permission("platform.user.update");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, self.id).await?;
        check_version(ctx, before.user.version)?;
        may_change_person(ctx, uow, &before.user).await?;
        let mut after = before.clone();
        if let Some(email) = self.email.as_ref().filter(|email| **email != before.user.email) {
            if uow.users().find_by_email(email).await?.is_some() {
                let taken = Violation::new(&ALREADY_EXISTS).with("field", "email").with("value", email);
                return Err(AppError::new(taken.at("/email")));
            }
            after.user.email = email.clone();
        }
        after.user.name = self.name.clone().unwrap_or(after.user.name);
        after.user.locale = self.locale.unwrap_or(after.user.locale);
        after.user.updated_at = uow.now();
        after.user.version += 1;
        uow.users().update(&after.user).await?;
        record_person(uow, "updated", Some(&before), &after).await?;
        Ok(Done::of(self.id.uuid(), after.user.version, UserView::from(&after)))
    }
}
