//! The person who is signed in.

use async_trait::async_trait;
use domain::error::Language;
use domain::ids::UserId;
use domain::platform::{Password, PasswordHash};

use super::error::{USERS_ONLY, WRONG_PASSWORD};
use super::guard::record_person;
use super::ports::{Caller, PlatformQueries};
use super::sessions::RecordFailure;
use super::sign_in::SignIn;
use super::users::set_password::replace_password;
use super::users::{USER, member};
use super::views::{MeView, UserView};
use crate::authorize::Access;
use crate::command::{Command, Done, Executed, check_version, execute};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

/// User, tenant and rights of the caller.
pub async fn me(queries: &dyn PlatformQueries, ctx: &RequestContext) -> AppResult<MeView> {
    let id = ctx.actor.user_id().ok_or_else(|| AppError::of(&USERS_ONLY))?;
    let user = queries.user(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(USER))?;
    let tenant = queries.tenant(ctx.tenant).await?.ok_or_else(|| AppError::not_found("tenant"))?;
    Ok(MeView {
        user,
        tenant,
        actor: ctx.actor.kind().to_owned(),
        permissions: ctx.permissions.grants(),
        memberships: queries.memberships(id).await?,
    })
}

/// Only a person changes a person: a key that leaks must not take over its owner's account.
fn person(ctx: &RequestContext) -> AppResult<UserId> {
    match ctx.actor {
        Actor::User(id) => Ok(id),
        Actor::ApiKey(..) | Actor::System => Err(AppError::of(&USERS_ONLY)),
    }
}

/// Changes the caller's own name or language; what is `None` stays.
pub struct UpdateMe {
    pub name: Option<String>,
    pub locale: Option<Language>,
}

#[async_trait]
impl Command for UpdateMe {
    const NAME: &'static str = "update_me";
    const ACCESS: Access = Access::SignedIn;
    type Output = UserView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<UserView>> {
        let before = member(uow, person(ctx)?).await?;
        check_version(ctx, before.user.version)?;
        let mut after = before.clone();
        after.user.name = self.name.clone().unwrap_or(after.user.name);
        after.user.locale = self.locale.unwrap_or(after.user.locale);
        after.user.updated_at = uow.now();
        after.user.version += 1;
        uow.users().update(&after.user).await?;
        record_person(uow, "updated", Some(&before), &after).await?;
        Ok(Done::of(after.user.id.uuid(), after.user.version, UserView::from(&after)))
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
        replace_password(uow, &before, &self.password_hash).await?;
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
) -> AppResult<Executed> {
    let user = own.queries.credentials_of(person(ctx)?).await?.ok_or_else(|| AppError::not_found(USER))?;
    let new =
        Password::choose(new, &user.email, &user.name).map_err(|v| AppError::new(v.at("/newPassword")))?;
    let wrong = || AppError::new(domain::error::Violation::new(&WRONG_PASSWORD).at("/currentPassword"));
    let verified = user.password_hash.clone().ok_or_else(wrong)?;
    let attempt = Password::attempt(current).ok_or_else(wrong)?;
    let right = own.passwords.verify(attempt, Some(verified.clone())).await?;
    if user.is_locked(own.app.clock.now()) {
        return Err(wrong());
    }
    if !right {
        let caller = Caller { request_id: ctx.request_id.clone(), language: ctx.language };
        RecordFailure::run(&own.app, &own.policy, ctx.tenant, Some(user.id), &caller).await?;
        return Err(wrong());
    }
    let password_hash = own.passwords.hash(new).await?;
    execute(&own.app, ctx, ChangePassword { verified, password_hash }).await
}
