//! Work that the system does later has the rights of whoever ordered it, as they are when it is done.

use std::sync::Arc;

use domain::error::Violation;
use domain::ids::{ApiKeyId, UserId};

use crate::authorize::{self, Access, Permission};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::permission_set::PermissionSet;
use crate::unit_of_work::UnitOfWork;

domain::errors! {
    ORDERED_BY_NOBODY = "ordered_by_nobody", Forbidden, User,
        "It is not known who ordered this. A user with the permission {permission} must save it again.",
        "لا يُعرف من أمر بهذا. يجب أن يحفظه من جديد من لديه الصلاحية {permission}.";
    ORDERER_INACTIVE = "orderer_inactive", Forbidden, User,
        "The user who ordered this no longer has access. A user with the permission {permission} must save it again.",
        "من أمر بهذا لم يعد لديه حق الدخول. يجب أن يحفظه من جديد من لديه الصلاحية {permission}.";
    ORDERER_KEY_INACTIVE = "orderer_key_inactive", Forbidden, User,
        "The API key that ordered this was revoked or has expired. A user with the permission {permission} must save it again.",
        "مفتاح API الذي أمر بهذا أُلغي أو انتهت صلاحيته. يجب أن يحفظه من جديد من لديه الصلاحية {permission}.";
    ORDERER_NOT_PERMITTED = "orderer_not_permitted", Forbidden, User,
        "The user who ordered this no longer has the permission {permission}. A user who has it must save it again.",
        "من أمر بهذا لم تعد لديه الصلاحية {permission}. يجب أن يحفظه من جديد من لديه هذه الصلاحية.";
}

/// The context of the person who ordered something, if that person may still do it: has one of the permissions needed, the
/// first of which is named when none is there.
pub async fn on_behalf_of(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    orderer: Option<(UserId, Option<ApiKeyId>)>,
    needed: &[Permission],
) -> AppResult<RequestContext> {
    let named = needed.first().copied().unwrap_or_default();
    let refuse = |def| AppError::new(Violation::new(def).with("permission", named));
    let (user, key) = orderer.ok_or_else(|| refuse(&ORDERED_BY_NOBODY))?;
    let mut permissions = rights_now(uow, user).await?.ok_or_else(|| refuse(&ORDERER_INACTIVE))?;
    if let Some(key) = key {
        let scopes = scopes_now(uow, key).await?.ok_or_else(|| refuse(&ORDERER_KEY_INACTIVE))?;
        permissions = permissions.intersect(&scopes);
    }
    if !needed.iter().any(|permission| permissions.allows(permission)) {
        return Err(refuse(&ORDERER_NOT_PERMITTED));
    }
    Ok(RequestContext {
        actor: key.map_or(Actor::User(user), |key| Actor::ApiKey(key, user)),
        permissions: Arc::new(permissions),
        platform_admin: false,
        ..ctx.clone()
    })
}

/// The caller's context with the rights that are left now, for work that begins later than it was asked for. Fails when
/// what is needed is no longer among them.
pub async fn with_rights_of_now(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    needed: Access,
) -> AppResult<RequestContext> {
    let Some(user) = ctx.actor.user_id() else { return Ok(ctx.clone()) };
    let mut rights = rights_now(uow, user).await?.unwrap_or_default();
    if let Actor::ApiKey(key, _) = ctx.actor {
        rights = rights.intersect(&scopes_now(uow, key).await?.unwrap_or_default());
    }
    let ctx = RequestContext { permissions: Arc::new(ctx.permissions.intersect(&rights)), ..ctx.clone() };
    authorize::require(&ctx, needed)?;
    Ok(ctx)
}

/// The present scopes of the key; `None` when it was revoked or has expired.
async fn scopes_now(uow: &mut dyn UnitOfWork, key: ApiKeyId) -> AppResult<Option<PermissionSet>> {
    let now = uow.now();
    let key = uow.api_keys().find(key).await?;
    Ok(key.filter(|key| key.is_usable(now)).map(|key| PermissionSet::from_grants(&key.scopes)))
}

/// The present rights of the person in the bound tenant; `None` without access to it.
async fn rights_now(uow: &mut dyn UnitOfWork, user: UserId) -> AppResult<Option<PermissionSet>> {
    let member = uow.users().member(user).await?;
    if !member.is_some_and(|member| member.active && member.user.active) {
        return Ok(None);
    }
    let now = uow.now();
    let grants = uow.users().grants_of(user, now).await?;
    Ok(Some(PermissionSet::from_grants(grants)))
}
