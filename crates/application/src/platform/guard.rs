//! Rules that several commands share: nobody gives or takes more than they hold, and someone always administers.

use domain::error::{ErrorDef, Violation, Violations};
use domain::ids::UserId;
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::error::{
    EXPIRY_EXCEEDS_OWN, EXPIRY_PASSED, GRANT_EXCEEDS_OWN, LAST_ADMINISTRATOR, OWN_ACCOUNT,
    TARGET_EXCEEDS_OWN, UNKNOWN_PERMISSION, USERS_ONLY,
};
use super::permissions::is_known;
use super::records::User;
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::permission_set::PermissionSet;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// Every grant is in the catalogue; all that are not are reported below `pointer`.
pub fn known_grants(grants: &[String], pointer: &str, errors: &mut Violations) {
    for (index, grant) in grants.iter().enumerate().filter(|(_, grant)| !is_known(grant)) {
        let shown: String = grant.chars().take(100).collect();
        errors.push(
            Violation::new(&UNKNOWN_PERMISSION).with("permission", shown).at(format!("{pointer}/{index}")),
        );
    }
}

/// Sorted and without repetitions, as stored.
pub fn normal_grants(grants: &[String]) -> Vec<String> {
    let mut grants = grants.to_vec();
    grants.sort_unstable();
    grants.dedup();
    grants
}

fn first_missing<'g>(own: &PermissionSet, grants: &'g [String]) -> Option<&'g String> {
    grants.iter().find(|grant| !own.allows(grant))
}

fn within(own: &PermissionSet, grants: &[String], def: &'static ErrorDef) -> AppResult<()> {
    match first_missing(own, grants) {
        Some(grant) => Err(AppError::new(Violation::new(def).with("permission", grant))),
        None => Ok(()),
    }
}

/// A caller gives away only what they hold.
pub fn may_give(ctx: &RequestContext, grants: &[String]) -> AppResult<()> {
    within(&ctx.permissions, grants, &GRANT_EXCEEDS_OWN)
}

/// A caller takes only what they hold themselves.
pub fn may_take(ctx: &RequestContext, grants: &[String]) -> AppResult<()> {
    within(&ctx.permissions, grants, &TARGET_EXCEEDS_OWN)
}

/// A caller changes or ends what a member has only when the member holds nothing more than they do.
pub async fn may_overrule(ctx: &RequestContext, uow: &mut dyn UnitOfWork, user: UserId) -> AppResult<()> {
    let now = uow.now();
    let grants = uow.users().grants_of(user, now).await?;
    may_take(ctx, &grants)
}

/// Only a person changes an account: a key that leaks takes over neither its owner nor anybody else.
pub fn person(ctx: &RequestContext) -> AppResult<UserId> {
    match ctx.actor {
        Actor::User(id) => Ok(id),
        Actor::ApiKey(..) | Actor::System => Err(AppError::of(&USERS_ONLY)),
    }
}

/// Password and address open every tenant of an account. Administrators set them only while the account is managed by
/// their tenant, so only while it opens nothing else, and of nobody who holds more than they do.
pub async fn may_change_account(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    user: &User,
) -> AppResult<()> {
    if person(ctx)? == user.id {
        return Ok(());
    }
    if user.platform_admin || user.managed_by != Some(ctx.tenant) {
        return Err(AppError::of(&OWN_ACCOUNT));
    }
    may_overrule(ctx, uow, user.id).await
}

/// Checks who may set a password. The platform's administrator may also replace the password of users who lost theirs.
pub async fn may_set_password(ctx: &RequestContext, uow: &mut dyn UnitOfWork, user: &User) -> AppResult<()> {
    if ctx.platform_admin && !user.platform_admin && person(ctx)? != user.id {
        return Ok(());
    }
    may_change_account(ctx, uow, user).await
}

/// Anything that a key makes or renews ends no later than the key itself.
pub async fn outlives_no_key(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    expires_at: Option<Timestamp>,
) -> AppResult<()> {
    let Some(end) = own_end(ctx, uow).await? else { return Ok(()) };
    match expires_at {
        Some(expiry) if expiry <= end => Ok(()),
        _ => Err(AppError::new(Violation::new(&EXPIRY_EXCEEDS_OWN).with("expiresAt", end).at("/expiresAt"))),
    }
}

/// When the API key that asks expires; `None` for people, and for keys that do not.
pub async fn own_end(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Option<Timestamp>> {
    let Actor::ApiKey(id, _) = ctx.actor else { return Ok(None) };
    Ok(uow.api_keys().find(id).await?.and_then(|key| key.expires_at))
}

/// After a change that may have removed an administrator; the error rolls it back.
pub async fn administrator_remains(uow: &mut dyn UnitOfWork) -> AppResult<()> {
    match uow.users().count_administrators().await? {
        0 => Err(AppError::of(&LAST_ADMINISTRATOR)),
        _ => Ok(()),
    }
}

pub fn expiry_ahead(expires_at: Option<Timestamp>, now: Timestamp) -> AppResult<()> {
    match expires_at {
        Some(expiry) if expiry <= now => Err(AppError::new(Violation::new(&EXPIRY_PASSED).at("/expiresAt"))),
        _ => Ok(()),
    }
}

/// A view as an audit document.
pub fn document<T: Serialize>(view: &T) -> AppResult<Option<Value>> {
    serde_json::to_value(view)
        .map(Some)
        .map_err(|error| AppError::internal(format!("audit document: {error}")))
}

/// Records a change in the tenant of the unit of work.
pub fn record<T: Serialize>(
    uow: &mut dyn UnitOfWork,
    (entity, id): (&'static str, Uuid),
    action: &'static str,
    before: Option<&T>,
    after: Option<&T>,
) -> AppResult<()> {
    let before = before.map(document).transpose()?.flatten();
    let after = after.map(document).transpose()?.flatten();
    let tenant = uow.tenant();
    uow.record(Change { tenant, entity, entity_id: id, action, before, after });
    Ok(())
}
