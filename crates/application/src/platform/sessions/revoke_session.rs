//! Signing out.

use async_trait::async_trait;

use super::{SESSION, SessionDocument};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::unit_of_work::UnitOfWork;

/// Revokes the session a refresh token belongs to, with its access tokens (RFC 7009, 2.1). Unknown tokens are none.
pub struct RevokeSession {
    pub token_hash: [u8; 32],
}

#[async_trait]
impl Command for RevokeSession {
    const NAME: &'static str = "revoke_session";
    const ACCESS: Access = Access::Public;
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let Some(token) = uow.sessions().find(&self.token_hash).await? else { return Ok(Done::new(())) };
        uow.enter_tenant(token.tenant);
        if uow.sessions().revoke_family(token.family).await? {
            let document = SessionDocument { user_id: token.user.uuid(), reason: Some("signed_out") };
            record(uow, (SESSION, token.family), "revoked", None, Some(&document))?;
        }
        Ok(Done::new(()))
    }
}
