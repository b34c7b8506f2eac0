//! A sign-in whose password was right.

use async_trait::async_trait;
use domain::ids::{RefreshTokenId, UserId};
use domain::platform::PasswordHash;
use uuid::Uuid;

use super::{NewToken, SESSION, SessionDocument, entrant};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::records::RefreshToken;
use crate::unit_of_work::UnitOfWork;

/// Checks again, inside the transaction, what may have changed while the password was hashed: the password itself,
/// a lock by parallel attempts, a deactivation. Answers whether the session is open.
pub struct OpenSession {
    pub user: UserId,
    pub verified: PasswordHash,
    pub family: Uuid,
    pub token: NewToken,
}

#[async_trait]
impl Command for OpenSession {
    const NAME: &'static str = "open_session";
    const ACCESS: Access = Access::Public;
    type Output = bool;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<bool>> {
        let now = uow.now();
        let Some(mut user) = entrant(uow, self.user).await? else { return Ok(Done::new(false)) };
        if user.is_locked(now) || user.password_hash.as_ref() != Some(&self.verified) {
            return Ok(Done::new(false));
        }
        if user.failed_attempts > 0 || user.locked_until.is_some() {
            user.failed_attempts = 0;
            user.locked_until = None;
            uow.users().update(&user).await?;
        }
        uow.sessions().forget_expired(user.id, now).await?;
        let token = RefreshToken {
            id: RefreshTokenId::new(uow.new_id()),
            tenant: ctx.tenant,
            user: user.id,
            family: self.family,
            token_hash: self.token.hash,
            session_began_at: now,
            created_at: now,
            expires_at: self.token.end(now),
            used_at: None,
            revoked_at: None,
        };
        uow.sessions().insert(&token).await?;
        let document = SessionDocument { user_id: user.id.uuid(), reason: None };
        record(uow, (SESSION, self.family), "created", None, Some(&document))?;
        Ok(Done::new(true))
    }
}
