//! Lets a person in again.

use async_trait::async_trait;
use domain::error::{Phrase, Violation};
use domain::ids::UserId;

use super::{USER, member};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::ALREADY_DONE;
use crate::platform::guard::{may_overrule, record};
use crate::platform::views::UserView;
use crate::unit_of_work::UnitOfWork;

/// Gives back the roles the person had, so the caller must hold what they grant.
pub struct ActivateUser {
    pub id: UserId,
}

#[async_trait]
impl Command for ActivateUser {
    const NAME: &'static str = "activate_user";
    const ACCESS: Access = Access::Permission("platform.user.update");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, self.id).await?;
        check_version(ctx, before.version)?;
        if before.active {
            return Err(AppError::new(
                Violation::new(&ALREADY_DONE).with_phrase("state", Phrase::new("active", "نشط")),
            ));
        }
        may_overrule(ctx, uow, self.id).await?;
        let mut after = before.changed(uow.now());
        after.active = true;
        uow.users().update_membership(&after).await?;
        let view = UserView::from(&after);
        record(uow, (USER, view.id), "activated", Some(&UserView::from(&before)), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
