//! API keys; scopes are kept as one text, separated by spaces as in OAuth.

use application::error::AppResult;
use application::platform::ports::ApiKeyRepository;
use application::platform::records::ApiKey;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::ApiKeyId;

use crate::persistence::SqlUnitOfWork;
use crate::sql::value::Columns;
use crate::statements;

statements! {
    FIND = "platform.api_key.find":
        "SELECT id, name, prefix, secret_hash, user_id, scopes, expires_at, revoked_at, last_used_at, created_at, version \
         FROM api_key {lock} WHERE tenant_id = ?1 AND id = ?2";
    INSERT = "platform.api_key.insert":
        "INSERT INTO api_key (tenant_id, id, name, prefix, secret_hash, revoked_at, version, user_id, scopes, \
         expires_at, last_used_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    UPDATE = "platform.api_key.update":
        "UPDATE api_key SET name = ?3, prefix = ?4, secret_hash = ?5, revoked_at = ?6, version = ?7 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?7 - 1";
    MARK_USED = "platform.api_key.mark_used":
        "UPDATE api_key SET last_used_at = ?3 WHERE tenant_id = ?1 AND id = ?2";
}

/// Reads the columns of [`FIND`].
pub(super) fn read_api_key(columns: &mut Columns) -> StorageResult<ApiKey> {
    Ok(ApiKey {
        id: columns.get("id")?,
        name: columns.get("name")?,
        prefix: columns.get("prefix")?,
        secret_hash: columns.get("secret_hash")?,
        user: columns.get("user_id")?,
        scopes: columns.get::<String>("scopes")?.split_whitespace().map(str::to_owned).collect(),
        expires_at: columns.get("expires_at")?,
        revoked_at: columns.get("revoked_at")?,
        last_used_at: columns.get("last_used_at")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}

#[async_trait]
impl ApiKeyRepository for SqlUnitOfWork {
    async fn find(&mut self, id: ApiKeyId) -> AppResult<Option<ApiKey>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        Ok(row.map(|row| read_api_key(&mut row.columns("api_key"))).transpose()?)
    }

    async fn insert(&mut self, key: &ApiKey) -> AppResult<()> {
        let params = [
            self.tenant.into(),
            key.id.into(),
            (&key.name).into(),
            (&key.prefix).into(),
            key.secret_hash.into(),
            key.revoked_at.into(),
            key.version.into(),
            key.user.into(),
            key.scopes.join(" ").into(),
            key.expires_at.into(),
            key.last_used_at.into(),
            key.created_at.into(),
        ];
        Ok(self.tx.execute_one(&INSERT, &params).await?)
    }

    async fn update(&mut self, key: &ApiKey) -> AppResult<()> {
        let params = [
            self.tenant.into(),
            key.id.into(),
            (&key.name).into(),
            (&key.prefix).into(),
            key.secret_hash.into(),
            key.revoked_at.into(),
            key.version.into(),
        ];
        Ok(self.tx.execute_one(&UPDATE, &params).await?)
    }

    async fn mark_used(&mut self, id: ApiKeyId) -> AppResult<()> {
        self.tx.apply(&MARK_USED, &[self.tenant.into(), id.into(), self.now.into()]).await?;
        Ok(())
    }
}
