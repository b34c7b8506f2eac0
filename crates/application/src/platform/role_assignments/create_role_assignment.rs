//! Gives a role to a user.

use async_trait::async_trait;
use domain::error::{Violation, Violations};
use domain::ids::{RoleAssignmentId, RoleId, UserId};
use domain::time::Timestamp;

use super::ROLE_ASSIGNMENT;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{ALREADY_EXISTS, AppError, AppResult, UNKNOWN_REFERENCE};
use crate::nouns::noun;
use crate::platform::guard::{expiry_ahead, may_give, record};
use crate::platform::records::RoleAssignment;
use crate::platform::views::RoleAssignmentView;
use crate::unit_of_work::UnitOfWork;

/// The caller must hold everything the role grants.
pub struct CreateRoleAssignment {
    pub user: UserId,
    pub role: RoleId,
    pub expires_at: Option<Timestamp>,
}

#[async_trait]
impl Command for CreateRoleAssignment {
    const NAME: &'static str = "create_role_assignment";
    const ACCESS: Access = Access::Permission("platform.role_assignment.create");
    type Output = RoleAssignmentView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RoleAssignmentView>> {
        let now = uow.now();
        expiry_ahead(self.expires_at, now)?;
        let mut errors = Violations::new();
        let unknown = |resource: &str, id: String| {
            Violation::new(&UNKNOWN_REFERENCE).with_phrase("resource", noun(resource)).with("value", id)
        };
        if uow.users().member(self.user).await?.is_none() {
            errors.push(unknown("user", self.user.to_string()).at("/userId"));
        }
        let role = uow.roles().find(self.role).await?;
        let Some(role) = role else {
            errors.push(unknown("role", self.role.to_string()).at("/roleId"));
            return Err(errors.into_vec().into());
        };
        errors.into_result(())?;
        may_give(ctx, &role.permissions)?;
        if let Some(earlier) = uow.roles().assignment_of(self.user, self.role).await? {
            if earlier.expires_at.is_none_or(|expiry| expiry > now) {
                let taken = Violation::new(&ALREADY_EXISTS).with("field", "roleId").with("value", &role.code);
                return Err(AppError::new(taken.at("/roleId")));
            }
            let view = RoleAssignmentView::from(&earlier);
            uow.roles().delete_assignment(earlier.id).await?;
            record(uow, (ROLE_ASSIGNMENT, view.id), "deleted", Some(&view), None)?;
        }
        let assignment = RoleAssignment {
            id: RoleAssignmentId::new(uow.new_id()),
            role: self.role,
            user: self.user,
            expires_at: self.expires_at,
            created_at: now,
            version: 1,
        };
        uow.roles().insert_assignment(&assignment).await?;
        let view = RoleAssignmentView::from(&assignment);
        record(uow, (ROLE_ASSIGNMENT, view.id), "created", None, Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
