//! Removes a role that nobody has.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::RoleId;

use super::{ROLE, own_role};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, IN_USE};
use crate::nouns::nouns;
use crate::platform::guard::{may_take, record};
use crate::platform::views::RoleView;
use crate::unit_of_work::UnitOfWork;

pub struct DeleteRole {
    pub id: RoleId,
}

#[async_trait]
impl Command for DeleteRole {
    const NAME: &'static str = "delete_role";
    const ACCESS: Access = Access::Permission("platform.role.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let role = own_role(uow, self.id).await?;
        check_version(ctx, role.version)?;
        if uow.roles().count_assignments(role.id).await? > 0 {
            return Err(AppError::new(
                Violation::new(&IN_USE).with_phrase("users", nouns(&["role_assignment"])),
            ));
        }
        let users = uow.roles().used_by(role.id).await?;
        if !users.is_empty() {
            return Err(AppError::new(Violation::new(&IN_USE).with_phrase("users", nouns(&users))));
        }
        let now = uow.now();
        if uow.invitations().count_usable_with(role.id, now).await? > 0 {
            return Err(AppError::new(Violation::new(&IN_USE).with_phrase("users", nouns(&["invitation"]))));
        }
        may_take(ctx, &role.permissions)?;
        uow.roles().delete(role.id).await?;
        record(uow, (ROLE, role.id.uuid()), "deleted", Some(&RoleView::from(&role)), None)?;
        Ok(Done::new(()))
    }
}
