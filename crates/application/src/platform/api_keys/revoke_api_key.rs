//! Ends a key.

use async_trait::async_trait;
use domain::ids::ApiKeyId;

use super::{API_KEY, existing};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::permission_set::PermissionSet;
use crate::platform::error::API_KEY_REVOKED;
use crate::platform::guard::{may_overrule, may_take, record};
use crate::platform::records::ApiKey;
use crate::platform::views::ApiKeyView;
use crate::unit_of_work::UnitOfWork;

/// The key stays in the list, so that the audit log can name it, but is never accepted again.
pub struct RevokeApiKey {
    pub id: ApiKeyId,
}

#[async_trait]
impl Command for RevokeApiKey {
    const NAME: &'static str = "revoke_api_key";
    const ACCESS: Access = Access::Permission("platform.api_key.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let mut key = existing(uow, self.id).await?;
        check_version(ctx, key.version)?;
        if key.revoked_at.is_some() {
            return Err(AppError::of(&API_KEY_REVOKED));
        }
        may_revoke(ctx, uow, &key).await?;
        let before = ApiKeyView::from(&key);
        key.revoked_at = Some(uow.now());
        key.version += 1;
        uow.api_keys().update(&key).await?;
        record(uow, (API_KEY, before.id), "revoked", Some(&before), Some(&ApiKeyView::from(&key)))?;
        Ok(Done::new(()))
    }
}

/// A person revokes their own keys, and a key itself; whoever revokes another holds what it can do, and what its user holds.
async fn may_revoke(ctx: &RequestContext, uow: &mut dyn UnitOfWork, key: &ApiKey) -> AppResult<()> {
    match ctx.actor {
        Actor::User(id) if id == key.user => Ok(()),
        Actor::ApiKey(id, _) if id == key.id => Ok(()),
        Actor::ApiKey(_, owner) if owner == key.user => {
            let now = uow.now();
            let held = PermissionSet::from_grants(uow.users().grants_of(owner, now).await?);
            may_take(ctx, &held.intersect(&PermissionSet::from_grants(&key.scopes)).grants())
        }
        Actor::User(_) | Actor::ApiKey(..) | Actor::System => may_overrule(ctx, uow, key.user).await,
    }
}
