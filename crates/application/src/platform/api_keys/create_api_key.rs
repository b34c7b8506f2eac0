//! A new key for a machine.

use async_trait::async_trait;
use domain::error::Violations;
use domain::ids::ApiKeyId;
use domain::time::Timestamp;

use super::API_KEY;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::USERS_ONLY;
use crate::platform::guard::{expiry_ahead, known_grants, may_give, normal_grants, outlives_no_key, record};
use crate::platform::records::ApiKey;
use crate::platform::views::ApiKeyView;
use crate::unit_of_work::UnitOfWork;

/// The key acts for the caller with those of `scopes` that the caller still holds at the time of use. The secret
/// itself never reaches the command, so that no stored answer can contain it.
pub struct CreateApiKey {
    pub name: String,
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
    pub prefix: String,
    pub secret_hash: [u8; 32],
}

#[async_trait]
impl Command for CreateApiKey {
    const NAME: &'static str = "create_api_key";
    const ACCESS: Access = Access::Permission("platform.api_key.create");
    type Output = ApiKeyView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ApiKeyView>> {
        let user = ctx.actor.user_id().ok_or_else(|| AppError::of(&USERS_ONLY))?;
        let mut errors = Violations::new();
        known_grants(&self.scopes, "/scopes", &mut errors);
        let scopes = errors.into_result(normal_grants(&self.scopes))?;
        may_give(ctx, &scopes)?;
        let now = uow.now();
        expiry_ahead(self.expires_at, now)?;
        outlives_no_key(ctx, uow, self.expires_at).await?;
        let key = ApiKey {
            id: ApiKeyId::new(uow.new_id()),
            name: self.name.clone(),
            prefix: self.prefix.clone(),
            secret_hash: self.secret_hash,
            user,
            scopes,
            expires_at: self.expires_at,
            revoked_at: None,
            last_used_at: None,
            created_at: now,
            version: 1,
        };
        uow.api_keys().insert(&key).await?;
        let view = ApiKeyView::from(&key);
        record(uow, (API_KEY, view.id), "created", None, Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
