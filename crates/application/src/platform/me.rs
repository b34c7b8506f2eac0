//! The person who is signed in.

use async_trait::async_trait;
use domain::error::{Language, Violation};
use domain::ids::TenantId;
use domain::platform::{Password, PasswordHash};

use super::error::{USERS_ONLY, WRONG_PASSWORD};
use super::guard::{person, record};
use super::ports::{Caller, PlatformQueries};
use super::records::User;
use super::sessions::RecordFailure;
use super::sign_in::SignIn;
use super::users::set_password::replace_password;
use super::users::{USER, member};
use super::views::{MeView, UserView};
use crate::authorize::Access;
use crate::command::{Command, Done, Executed, check_version, execute};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult, UNKNOWN_REFERENCE};
use crate::nouns::noun;
use crate::unit_of_work::UnitOfWork;

/// User, tenant and rights of the caller.
pub async fn me(queries: &dyn PlatformQueries, ctx: &RequestContext) -> AppResult<MeView> {
    let id = ctx.actor.user_id().ok_or_else(|| AppError::of(&USERS_ONLY))?;
    let user = queries.user(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(USER))?;
    let tenant = queries.tenant(ctx.tenant).await?.ok_or_else(|| AppError::not_found("tenant"))?;
    let mut memberships = queries.memberships(id).await?;
    if matches!(ctx.actor, Actor::ApiKey(..)) {
        // A key is of one tenant, where its owner's other tenants are nobody's business.
        memberships.retain(|membership| membership.tenant_id == ctx.tenant.uuid());
    }
    Ok(MeView {
        user,
        tenant,
        actor: ctx.actor.kind().to_owned(),
        permissions: ctx.permissions.grants(),
        platform_admin: ctx.platform_admin,
        memberships,
    })
}

/// Changes the name and language the caller has in this tenant, and the tenant a sign-in enters; what is `None` stays.
pub struct UpdateMe {
    pub name: Option<String>,
    pub locale: Option<Language>,
    pub default_tenant: Option<TenantId>,
}

#[async_trait]
impl Command for UpdateMe {
    const NAME: &'static str = "update_me";
    const ACCESS: Access = Access::SignedIn;
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, person(ctx)?).await?;
        check_version(ctx, before.version)?;
        let now = uow.now();
        let mut after = before.changed(now);
        if let Some(tenant) = self.default_tenant {
            if !uow.users().tenants_of(after.user.id).await?.contains(&tenant) {
                let unknown = Violation::new(&UNKNOWN_REFERENCE)
                    .with_phrase("resource", noun("tenant"))
                    .with("value", tenant);
                return Err(AppError::new(unknown.at("/defaultTenantId")));
            }
            after.user.default_tenant = Some(tenant);
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

/// The write behind [`change_password`]; the current password was verified against `verified`.
pub struct ChangePassword {
    pub verified: PasswordHash,
    pub password_hash: PasswordHash,
}

#[async_trait]
impl Command for ChangePassword {
    const NAME: &'static str = "change_password";
    const ACCESS: Access = Access::SignedIn;
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let before = member(uow, person(ctx)?).await?;
        let locked = before.user.is_locked(uow.now());
        if locked || before.user.password_hash.as_ref() != Some(&self.verified) {
            return Err(AppError::of(&WRONG_PASSWORD));
        }
        replace_password(uow, &before, &self.password_hash, false).await?;
        Ok(Done::new(()))
    }
}

/// Changes the caller's own password and ends all their sessions, this one included. Wrong attempts count towards
/// the lock like wrong sign-ins.
pub async fn change_password(
    own: &SignIn,
    ctx: &RequestContext,
    current: &str,
    new: &str,
    caller: &Caller,
) -> AppResult<Executed> {
    let user = account(own, ctx).await?;
    let new = own.choose_password(new, (&user.email, &user.name), ctx.tenant, "/newPassword").await?;
    let verified = verify_own(own, ctx, current, caller).await?;
    let password_hash = own.passwords.hash(new, &caller.turn(&user.email)).await?;
    execute(&own.app, ctx, ChangePassword { verified, password_hash }).await
}

async fn account(own: &SignIn, ctx: &RequestContext) -> AppResult<User> {
    own.queries.credentials_of(person(ctx)?).await?.ok_or_else(|| AppError::not_found(USER))
}

/// Verifies the caller's own current password; answers what it was verified against.
pub async fn verify_own(
    own: &SignIn,
    ctx: &RequestContext,
    current: &str,
    caller: &Caller,
) -> AppResult<PasswordHash> {
    let user = account(own, ctx).await?;
    let wrong = || AppError::new(Violation::new(&WRONG_PASSWORD).at("/currentPassword"));
    let verified = user.password_hash.clone().ok_or_else(wrong)?;
    let attempt = Password::attempt(current).ok_or_else(wrong)?;
    let right = own.passwords.verify(attempt, Some(verified.clone()), &caller.turn(&user.email)).await?;
    if user.is_locked(own.app.clock.now()) {
        return Err(wrong());
    }
    if !right {
        RecordFailure::run(&own.app, &own.policy, ctx.tenant, vec![user.id], caller).await?;
        return Err(wrong());
    }
    Ok(verified)
}
