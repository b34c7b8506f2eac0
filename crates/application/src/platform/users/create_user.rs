//! Invites a person into the tenant.

use async_trait::async_trait;
use domain::error::{Language, Violation};
use domain::ids::{RoleAssignmentId, RoleId, UserId};
use domain::platform::{EmailAddress, PasswordHash};

use super::USER;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{ALREADY_EXISTS, AppError, AppResult, PERMISSION_DENIED, UNKNOWN_REFERENCE};
use crate::platform::error::TOO_MANY_MEMBERSHIPS;
use crate::platform::guard::{may_give, record};
use crate::platform::records::{MEMBERSHIPS_MAX, Member, RoleAssignment, User};
use crate::platform::views::{RoleAssignmentView, UserView};
use crate::ports::unit_of_work::UnitOfWork;

/// Creates a user, or lets an existing one in: whoever is known from another tenant keeps their name and password.
pub struct CreateUser {
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    /// `None`: the person cannot sign in by password until one is set.
    pub password_hash: Option<PasswordHash>,
    /// Roles given at once; needs the right to give roles.
    pub roles: Vec<RoleId>,
}

#[async_trait]
impl Command for CreateUser {
    const NAME: &'static str = "create_user";
    const ACCESS: Access = Access::Permission("platform.user.create");
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let user = match uow.users().find_by_email(&self.email).await? {
            Some(user) => user,
            None => self.insert(uow).await?,
        };
        let exists =
            || Violation::new(&ALREADY_EXISTS).with("field", "email").with("value", &self.email).at("/email");
        let tenants = uow.users().tenants_of(user.id).await?;
        if tenants.contains(&uow.tenant()) {
            return Err(AppError::new(exists()));
        }
        if tenants.len() >= MEMBERSHIPS_MAX {
            return Err(AppError::new(Violation::new(&TOO_MANY_MEMBERSHIPS).with("max", MEMBERSHIPS_MAX)));
        }
        uow.users().insert_membership(user.id).await?;
        let view = UserView::from(&Member { user, active: true });
        record(uow, (USER, view.id), "created", None, Some(&view))?;
        self.assign(ctx, uow, UserId::new(view.id)).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

impl CreateUser {
    async fn insert(&self, uow: &mut dyn UnitOfWork) -> AppResult<User> {
        let now = uow.now();
        let user = User {
            id: UserId::new(uow.new_id()),
            email: self.email.clone(),
            name: self.name.clone(),
            locale: self.locale,
            password_hash: self.password_hash.clone(),
            platform_admin: false,
            active: true,
            failed_attempts: 0,
            locked_until: None,
            password_changed_at: self.password_hash.as_ref().map(|_| now),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        uow.users().insert(&user).await?;
        Ok(user)
    }

    async fn assign(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork, user: UserId) -> AppResult<()> {
        const GIVE: &str = "platform.role_assignment.create";
        if !self.roles.is_empty() && !ctx.permissions.allows(GIVE) {
            return Err(AppError::new(Violation::new(&PERMISSION_DENIED).with("permission", GIVE)));
        }
        for (index, id) in self.roles.iter().enumerate() {
            let unknown = || Violation::new(&UNKNOWN_REFERENCE).with("resource", "role").with("value", id);
            let role = uow.roles().find(*id).await?;
            let role = role.ok_or_else(|| AppError::new(unknown().at(format!("/roleIds/{index}"))))?;
            may_give(ctx, &role.permissions)?;
            if uow.roles().assignment_of(user, role.id).await?.is_some() {
                continue; // named twice
            }
            let assignment = RoleAssignment {
                id: RoleAssignmentId::new(uow.new_id()),
                role: role.id,
                user,
                expires_at: None,
                created_at: uow.now(),
                version: 1,
            };
            uow.roles().insert_assignment(&assignment).await?;
            let view = RoleAssignmentView::from(&assignment);
            record(uow, ("role_assignment", view.id), "created", None, Some(&view))?;
        }
        Ok(())
    }
}
