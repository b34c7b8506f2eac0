//! A refresh token is exchanged for the next one.

use async_trait::async_trait;
use domain::ids::{RefreshTokenId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{NewToken, SESSION, SessionDocument, entrant};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::records::RefreshToken;
use crate::unit_of_work::UnitOfWork;

/// The outcome for the token.
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
    /// Code or id of another tenant of the same account, where the session goes on.
    pub tenant: Option<String>,
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
        let session_ends = self.next.end(token.session_began_at);
        if session_ends <= now {
            return Ok(Done::new(Refreshed::Refused));
        }
        let (from, mut to) = (token.tenant, token.tenant);
        if let Some(wanted) = &self.tenant {
            match tenant_named(uow, wanted).await? {
                Some(tenant) => to = tenant,
                None => return Ok(Done::new(Refreshed::Refused)),
            }
            uow.enter_tenant(to);
        }
        let Some(user) = entrant(uow, token.user).await? else { return Ok(Done::new(Refreshed::Refused)) };
        uow.sessions().mark_used(token.id).await?;
        let next = RefreshToken {
            id: RefreshTokenId::new(uow.new_id()),
            tenant: to,
            token_hash: self.next.hash,
            created_at: now,
            expires_at: session_ends,
            ..token
        };
        uow.sessions().insert(&next).await?;
        if to != from {
            let document = SessionDocument { user_id: token.user.uuid(), reason: None };
            record(uow, (SESSION, token.family), "created", None, Some(&document))?;
        }
        Ok(Done::new(Refreshed::Next {
            tenant: next.tenant.uuid(),
            user: user.id.uuid(),
            family: next.family,
            stamp: user.stamp(),
        }))
    }
}

async fn tenant_named(uow: &mut dyn UnitOfWork, name: &str) -> AppResult<Option<TenantId>> {
    let found = match name.parse::<TenantId>() {
        Ok(id) => uow.tenants().find(id).await?,
        Err(_) => uow.tenants().find_by_code(name).await?,
    };
    Ok(found.map(|tenant| tenant.id))
}
