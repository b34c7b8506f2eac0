//! Rules that several commands share: nobody gives or takes more than they hold, and someone always administers.

use domain::error::{ErrorDef, Violation, Violations};
use domain::ids::{TenantId, UserId};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::error::{
    EXPIRY_PASSED, GRANT_EXCEEDS_OWN, LAST_ADMINISTRATOR, SHARED_USER, TARGET_EXCEEDS_OWN, UNKNOWN_PERMISSION,
};
use super::permissions::is_known;
use super::records::{Member, User};
use super::views::UserView;
use crate::authorize::PermissionSet;
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::ports::change::Change;
use crate::ports::unit_of_work::UnitOfWork;

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

/// A caller takes over an account (its password, its address) only when it holds nothing more than they do.
pub async fn may_take_over(ctx: &RequestContext, uow: &mut dyn UnitOfWork, user: UserId) -> AppResult<()> {
    let now = uow.now();
    let grants = uow.users().grants_of(user, now).await?;
    within(&ctx.permissions, &grants, &TARGET_EXCEEDS_OWN)
}

/// Name, address and password belong to the person: a tenant may change them only while the person is its alone.
pub async fn may_change_person(ctx: &RequestContext, uow: &mut dyn UnitOfWork, user: &User) -> AppResult<()> {
    let platform = ctx.platform_admin && !user.platform_admin;
    if ctx.actor == Actor::System || ctx.actor == Actor::User(user.id) || platform {
        return Ok(());
    }
    let elsewhere = uow.users().tenants_of(user.id).await?.iter().any(|tenant| *tenant != ctx.tenant);
    if elsewhere || user.platform_admin {
        return Err(AppError::of(&SHARED_USER));
    }
    may_take_over(ctx, uow, user.id).await
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

/// Records a change of a person in every tenant they belong to, so that each sees it in its audit log and forgets
/// what it cached.
pub async fn record_person(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&Member>,
    after: &Member,
) -> AppResult<()> {
    let tenants: Vec<TenantId> = uow.users().tenants_of(after.user.id).await?;
    let before = before.map(|member| document(&UserView::from(member))).transpose()?.flatten();
    let view = document(&UserView::from(after))?;
    for tenant in tenants {
        uow.record(Change {
            tenant,
            entity: "user",
            entity_id: after.user.id.uuid(),
            action,
            before: before.clone(),
            after: view.clone(),
        });
    }
    Ok(())
}
