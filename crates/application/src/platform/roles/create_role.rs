//! A new role.

use async_trait::async_trait;
use domain::ids::RoleId;
use domain::text::{Code, LocalizedName};

use super::{ROLE, checked_grants, code_is_free};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::{may_give, record};
use crate::platform::records::Role;
use crate::platform::views::RoleView;
use crate::unit_of_work::UnitOfWork;

pub struct CreateRole {
    pub code: Code,
    pub name: LocalizedName,
    /// Names or prefixes of the catalogue; the caller must hold each.
    pub permissions: Vec<String>,
}

#[async_trait]
impl Command for CreateRole {
    const NAME: &'static str = "create_role";
    const ACCESS: Access = Access::Permission("platform.role.create");
    type Output = RoleView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<RoleView>> {
        let permissions = checked_grants(&self.permissions)?;
        may_give(ctx, &permissions)?;
        code_is_free(uow, &self.code).await?;
        let now = uow.now();
        let role = Role {
            id: RoleId::new(uow.new_id()),
            code: self.code.clone(),
            name: self.name.clone(),
            system: false,
            permissions,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        uow.roles().insert(&role).await?;
        let view = RoleView::from(&role);
        record(uow, (ROLE, view.id), "created", None, Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
