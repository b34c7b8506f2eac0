//! Refresh tokens.

use application::error::AppResult;
use application::platform::ports::SessionRepository;
use application::platform::records::RefreshToken;
use async_trait::async_trait;
use domain::ids::{RefreshTokenId, TenantId, UserId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::statements;

statements! {
    FIND = "platform.session.find":
        "SELECT id, tenant_id, user_id, family_id, token_hash, COALESCE(session_began_at, created_at) AS session_began_at, \
         created_at, expires_at, \
         used_at, revoked_at \
         FROM refresh_token {lock} WHERE token_hash = ?1";
    INSERT = "platform.session.insert":
        "INSERT INTO refresh_token (id, tenant_id, user_id, family_id, token_hash, session_began_at, created_at, expires_at, used_at, \
         revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    // If a token is used twice at once, one of the two finds it used.
    MARK_USED = "platform.session.mark_used":
        "UPDATE refresh_token SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL AND revoked_at IS NULL";
    REVOKE_FAMILY = "platform.session.revoke_family":
        "UPDATE refresh_token SET revoked_at = ?2 WHERE family_id = ?1 AND revoked_at IS NULL";
    REVOKE_USER = "platform.session.revoke_user":
        "UPDATE refresh_token SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL";
    REVOKE_MEMBER = "platform.session.revoke_member":
        "UPDATE refresh_token SET revoked_at = ?2 WHERE user_id = ?1 AND tenant_id = ?3 AND revoked_at IS NULL";
    FORGET_EXPIRED = "platform.session.forget_expired":
        "DELETE FROM refresh_token WHERE user_id = ?1 AND expires_at < ?2";
}

/// The platform's counter of refused sign-ins that no account counts.
const REFUSALS: &str = "sign_in_refusal";

#[async_trait]
impl SessionRepository for SqlUnitOfWork {
    async fn find(&mut self, token_hash: &[u8; 32]) -> AppResult<Option<RefreshToken>> {
        let Some(row) = self.tx.find(&FIND, &[(*token_hash).into()]).await? else { return Ok(None) };
        let mut columns = row.columns("refresh_token");
        Ok(Some(RefreshToken {
            id: columns.get("id")?,
            tenant: columns.get("tenant_id")?,
            user: columns.get("user_id")?,
            family: columns.get("family_id")?,
            token_hash: columns.get("token_hash")?,
            session_began_at: columns.get("session_began_at")?,
            created_at: columns.get("created_at")?,
            expires_at: columns.get("expires_at")?,
            used_at: columns.get("used_at")?,
            revoked_at: columns.get("revoked_at")?,
        }))
    }

    async fn insert(&mut self, token: &RefreshToken) -> AppResult<()> {
        let params = [
            token.id.into(),
            token.tenant.into(),
            token.user.into(),
            token.family.into(),
            token.token_hash.into(),
            token.session_began_at.into(),
            token.created_at.into(),
            token.expires_at.into(),
            token.used_at.into(),
            token.revoked_at.into(),
        ];
        Ok(self.tx.execute_one(&INSERT, &params).await?)
    }

    async fn mark_used(&mut self, id: RefreshTokenId) -> AppResult<()> {
        Ok(self.tx.execute_one(&MARK_USED, &[id.into(), self.now.into()]).await?)
    }

    async fn revoke_family(&mut self, family: Uuid) -> AppResult<bool> {
        Ok(self.tx.execute(&REVOKE_FAMILY, &[family.into(), self.now.into()]).await? > 0)
    }

    async fn revoke_user(&mut self, user: UserId, tenant: Option<TenantId>) -> AppResult<()> {
        let params = [user.into(), self.now.into()];
        match tenant {
            None => self.tx.execute(&REVOKE_USER, &params).await?,
            Some(tenant) => {
                let [user, now] = params;
                self.tx.execute(&REVOKE_MEMBER, &[user, now, tenant.into()]).await?
            }
        };
        Ok(())
    }

    async fn count_refusal(&mut self) -> AppResult<()> {
        self.advance(TenantId::new(Uuid::nil()), REFUSALS, 1).await?;
        Ok(())
    }

    async fn forget_expired(&mut self, user: UserId, moment: Timestamp) -> AppResult<()> {
        self.tx.apply(&FORGET_EXPIRED, &[user.into(), moment.into()]).await?;
        Ok(())
    }
}
