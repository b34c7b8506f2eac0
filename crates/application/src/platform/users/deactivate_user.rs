//! Shuts a person out of the tenant.

use async_trait::async_trait;
use domain::error::{Phrase, Violation};
use domain::ids::UserId;

use super::{USER, member};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::ALREADY_DONE;
use crate::platform::guard::{administrator_remains, may_overrule, record};
use crate::platform::views::UserView;
use crate::unit_of_work::UnitOfWork;

/// Ends the person's sessions and rights in this tenant; their keys stop working, their entries stay. The account and
/// its other tenants do not notice.
pub struct DeactivateUser {
    pub id: UserId,
}

#[async_trait]
impl Command for DeactivateUser {
    const NAME: &'static str = "deactivate_user";
    const ACCESS: Access = Access::Permission("platform.user.delete");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, self.id).await?;
        check_version(ctx, before.version)?;
        if !before.active {
            return Err(AppError::new(
                Violation::new(&ALREADY_DONE).with_phrase("state", Phrase::new("inactive", "معطل")),
            ));
        }
        may_overrule(ctx, uow, self.id).await?;
        let mut after = before.changed(uow.now());
        after.active = false;
        uow.users().update_membership(&after).await?;
        administrator_remains(uow).await?;
        let tenant = uow.tenant();
        uow.sessions().revoke_user(self.id, Some(tenant)).await?;
        let view = UserView::from(&after);
        record(uow, (USER, view.id), "deactivated", Some(&UserView::from(&before)), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
