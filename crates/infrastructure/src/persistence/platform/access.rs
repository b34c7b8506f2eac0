//! The present rights of a credential: read on every miss of the authenticator's cache.

use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::country::Country;
use domain::ids::{ApiKeyId, TenantId, UserId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tenants::read_time_zone;
use crate::sql::db::Db;
use crate::sql::value::Columns;
use crate::statements;

statements! {
    USER = "platform.access.user":
        "SELECT m.active AS member_active, u.active AS user_active, t.status, t.country, t.time_zone, u.platform_admin, u.password_changed_at \
         FROM membership m \
         INNER JOIN app_user u ON u.id = m.user_id INNER JOIN tenant t ON t.id = m.tenant_id \
         WHERE m.tenant_id = ?1 AND m.user_id = ?2";
    GRANTS = "platform.access.grants":
        "SELECT rp.permission, ra.expires_at FROM role_assignment ra \
         INNER JOIN role_permission rp ON rp.tenant_id = ra.tenant_id AND rp.role_id = ra.role_id \
         WHERE ra.tenant_id = ?1 AND ra.user_id = ?2 ORDER BY rp.permission";
    ROLE = "platform.access.role":
        "SELECT rp.permission FROM role r \
         INNER JOIN role_permission rp ON rp.tenant_id = r.tenant_id AND rp.role_id = r.id \
         WHERE r.tenant_id = ?1 AND r.code = ?2 ORDER BY rp.permission";
    KEY = "platform.access.api_key":
        "SELECT user_id, scopes, expires_at, revoked_at FROM api_key WHERE tenant_id = ?1 AND id = ?2";
    SESSION = "platform.access.session_revoked":
        "SELECT {first} family_id FROM refresh_token WHERE family_id = ?1 AND revoked_at IS NOT NULL {only}";
}

/// A user in a tenant, with everything their roles grant; moments are microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAccess {
    /// Member, not deactivated, and the tenant is open.
    pub active: bool,
    /// The tenant's.
    pub time_zone: String,
    pub platform_admin: bool,
    pub stamp: i64,
    /// Permission or prefix, and the moment from which it no longer counts.
    pub grants: Vec<(String, Option<i64>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAccess {
    pub user: Uuid,
    pub scopes: Vec<String>,
    pub expires_at: Option<i64>,
    pub revoked: bool,
}

/// Reads for the authenticator.
#[async_trait]
pub trait AccessQueries: Send + Sync {
    async fn user_access(&self, tenant: TenantId, user: UserId) -> AppResult<Option<UserAccess>>;
    /// The permissions that a role grants, by its code; none where there is no such role.
    async fn role_access(&self, tenant: TenantId, code: &str) -> AppResult<Vec<String>>;
    async fn key_access(&self, tenant: TenantId, key: ApiKeyId) -> AppResult<Option<KeyAccess>>;
    async fn session_revoked(&self, session: Uuid) -> AppResult<bool>;
}

#[async_trait]
impl AccessQueries for Db {
    async fn user_access(&self, tenant: TenantId, user: UserId) -> AppResult<Option<UserAccess>> {
        let params = [tenant.into(), user.into()];
        let Some(row) = self.find(&USER, &params).await? else { return Ok(None) };
        let mut columns = row.columns("membership");
        let (member, person): (bool, bool) = (columns.get("member_active")?, columns.get("user_active")?);
        let status: String = columns.get("status")?;
        let country = columns.parse("country", |text| Country::parse(text).ok())?;
        let time_zone = read_time_zone(&mut columns, &country)?.name().to_owned();
        let platform_admin = columns.get("platform_admin")?;
        let changed: Option<Timestamp> = columns.get("password_changed_at")?;
        let grant = |mut columns: Columns| -> StorageResult<(String, Option<i64>)> {
            let permission = columns.get("permission")?;
            Ok((permission, columns.get::<Option<Timestamp>>("expires_at")?.map(Timestamp::micros)))
        };
        let rows = self.query(&GRANTS, &params).await?;
        let grants = rows.into_iter().map(|row| grant(row.columns("role_assignment")));
        Ok(Some(UserAccess {
            active: member && person && status == "active",
            time_zone,
            platform_admin,
            stamp: changed.map_or(0, Timestamp::micros),
            grants: grants.collect::<StorageResult<_>>()?,
        }))
    }

    async fn role_access(&self, tenant: TenantId, code: &str) -> AppResult<Vec<String>> {
        let rows = self.query(&ROLE, &[tenant.into(), code.into()]).await?;
        let permission = |row: crate::sql::value::Row| row.single("role_permission", "permission");
        Ok(rows.into_iter().map(permission).collect::<StorageResult<_>>()?)
    }

    async fn key_access(&self, tenant: TenantId, key: ApiKeyId) -> AppResult<Option<KeyAccess>> {
        let Some(row) = self.find(&KEY, &[tenant.into(), key.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("api_key");
        let user = columns.get("user_id")?;
        let scopes: String = columns.get("scopes")?;
        Ok(Some(KeyAccess {
            user,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            expires_at: columns.get::<Option<Timestamp>>("expires_at")?.map(Timestamp::micros),
            revoked: columns.get::<Option<Timestamp>>("revoked_at")?.is_some(),
        }))
    }

    async fn session_revoked(&self, session: Uuid) -> AppResult<bool> {
        Ok(self.find(&SESSION, &[session.into()]).await?.is_some())
    }
}
