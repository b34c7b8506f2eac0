//! Replaces a key's secret.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::ApiKeyId;

use super::{API_KEY, existing};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::{API_KEY_REVOKED, TARGET_EXCEEDS_OWN};
use crate::platform::guard::{may_give, outlives_no_key, record};
use crate::platform::views::ApiKeyView;
use crate::unit_of_work::UnitOfWork;

/// The old secret stops working at once; name, scopes and expiry stay. The caller learns the new secret, so only the
/// key's own user may rotate it, or a user who holds every permission.
pub struct RotateApiKey {
    pub id: ApiKeyId,
    pub prefix: String,
    pub secret_hash: [u8; 32],
}

#[async_trait]
impl Command for RotateApiKey {
    const NAME: &'static str = "rotate_api_key";
    const ACCESS: Access = Access::Permission("platform.api_key.update");
    type Output = ApiKeyView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ApiKeyView>> {
        let mut key = existing(uow, self.id).await?;
        check_version(ctx, key.version)?;
        if key.revoked_at.is_some() {
            return Err(AppError::of(&API_KEY_REVOKED));
        }
        may_give(ctx, &key.scopes)?;
        if ctx.actor.user_id() != Some(key.user) && !ctx.permissions.allows("*") {
            return Err(AppError::new(Violation::new(&TARGET_EXCEEDS_OWN).with("permission", "*")));
        }
        outlives_no_key(ctx, uow, key.expires_at).await?;
        let before = ApiKeyView::from(&key);
        key.prefix = self.prefix.clone();
        key.secret_hash = self.secret_hash;
        key.version += 1;
        uow.api_keys().update(&key).await?;
        let view = ApiKeyView::from(&key);
        record(uow, (API_KEY, view.id), "rotated", Some(&before), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
