//! A refresh token is exchanged for the next one.

use async_trait::async_trait;
use domain::ids::RefreshTokenId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{NewToken, SESSION, SessionDocument, entrant};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::records::RefreshToken;
use crate::ports::unit_of_work::UnitOfWork;

/// What became of the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refreshed {
    /// The next token is stored.
    Next { tenant: Uuid, user: Uuid, family: Uuid, stamp: i64 },
    /// It cannot be exchanged. If it was used before, whoever holds its descendants has lost them too.
    Refused,
}

/// Exchanges a token once. A second use means that two parties hold it, so its whole family is revoked (RFC 9700,
/// 4.14.2); that effect is kept although the exchange is refused.
pub struct RefreshSession {
    pub token_hash: [u8; 32],
    pub next: NewToken,
}

#[async_trait]
impl Command for RefreshSession {
    const NAME: &'static str = "refresh_session";
    const ACCESS: Access = Access::Public;
    type Output = Refreshed;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Refreshed>> {
        let now = uow.now();
        let Some(token) = uow.sessions().find(&self.token_hash).await? else {
            return Ok(Done::new(Refreshed::Refused));
        };
        uow.enter_tenant(token.tenant);
        if token.used_at.is_some() {
            if uow.sessions().revoke_family(token.family).await? {
                let document = SessionDocument { user_id: token.user.uuid(), reason: Some("token_reused") };
                record(uow, (SESSION, token.family), "revoked", None, Some(&document))?;
            }
            return Ok(Done::new(Refreshed::Refused));
        }
        if token.revoked_at.is_some() || token.expires_at <= now {
            return Ok(Done::new(Refreshed::Refused));
        }
        let Some(user) = entrant(uow, token.user).await? else { return Ok(Done::new(Refreshed::Refused)) };
        uow.sessions().mark_used(token.id).await?;
        let next = RefreshToken {
            id: RefreshTokenId::new(uow.new_id()),
            token_hash: self.next.hash,
            created_at: now,
            expires_at: self.next.expires_at,
            ..token
        };
        uow.sessions().insert(&next).await?;
        Ok(Done::new(Refreshed::Next {
            tenant: next.tenant.uuid(),
            user: user.id.uuid(),
            family: next.family,
            stamp: user.stamp(),
        }))
    }
}
