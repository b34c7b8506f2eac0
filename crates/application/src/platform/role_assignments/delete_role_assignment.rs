//! Takes a role from a user.

use async_trait::async_trait;
use domain::ids::RoleAssignmentId;

use super::ROLE_ASSIGNMENT;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::guard::{administrator_remains, may_overrule, may_take, record};
use crate::platform::views::RoleAssignmentView;
use crate::unit_of_work::UnitOfWork;

/// An assignment never changes, so no version is asked for.
pub struct DeleteRoleAssignment {
    pub id: RoleAssignmentId,
}

#[async_trait]
impl Command for DeleteRoleAssignment {
    const NAME: &'static str = "delete_role_assignment";
    const ACCESS: Access = Access::Permission("platform.role_assignment.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let assignment = uow.roles().assignment(self.id).await?;
        let assignment = assignment.ok_or_else(|| AppError::not_found(ROLE_ASSIGNMENT))?;
        if let Some(role) = uow.roles().find(assignment.role).await? {
            may_take(ctx, &role.permissions)?;
        }
        may_overrule(ctx, uow, assignment.user).await?;
        uow.roles().delete_assignment(self.id).await?;
        administrator_remains(uow).await?;
        let view = RoleAssignmentView::from(&assignment);
        record(uow, (ROLE_ASSIGNMENT, view.id), "deleted", Some(&view), None)?;
        Ok(Done::new(()))
    }
}
