//! Changes a role of the tenant's own.

use async_trait::async_trait;
use domain::ids::RoleId;
use domain::text::{Code, LocalizedName};

use super::{ROLE, checked_grants, code_is_free, own_role};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::{may_give, may_take, record};
use crate::platform::views::RoleView;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a member as it is. Every user of the role has its new permissions with the next request.
pub struct UpdateRole {
    pub id: RoleId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub permissions: Option<Vec<String>>,
}

#[async_trait]
impl Command for UpdateRole {
    const NAME: &'static str = "update_role";
    const ACCESS: Access = Access::Permission("platform.role.update");
    type Output = RoleView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<RoleView>> {
        let mut role = own_role(uow, self.id).await?;
        check_version(ctx, role.version)?;
        let before = RoleView::from(&role);
        if let Some(code) = self.code.as_ref().filter(|code| **code != role.code) {
            code_is_free(uow, code).await?;
            role.code = code.clone();
        }
        if let Some(permissions) = &self.permissions {
            let permissions = checked_grants(permissions)?;
            let added: Vec<String> =
                permissions.iter().filter(|grant| !role.permissions.contains(grant)).cloned().collect();
            may_give(ctx, &added)?;
            let removed: Vec<String> =
                role.permissions.iter().filter(|grant| !permissions.contains(grant)).cloned().collect();
            may_take(ctx, &removed)?;
            if !removed.is_empty() {
                // Every user of the role loses something, so none of them may hold more than the caller.
                let now = uow.now();
                may_take(ctx, &uow.users().grants_of_holders(role.id, now).await?)?;
            }
            role.permissions = permissions;
        }
        role.name = self.name.clone().unwrap_or(role.name);
        role.updated_at = uow.now();
        role.version += 1;
        uow.roles().update(&role).await?;
        let view = RoleView::from(&role);
        record(uow, (ROLE, view.id), "updated", Some(&before), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
