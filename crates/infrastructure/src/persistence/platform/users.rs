//! People and their memberships.

use application::error::AppResult;
use application::platform::ports::UserRepository;
use application::platform::records::{Member, User};
use application::platform::standard_roles::ADMINISTRATOR;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::error::Language;
use domain::ids::{TenantId, UserId};
use domain::platform::{EmailAddress, PasswordHash};
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::search::searchable;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

/// The query of a person. A person belongs to several tenants, whose locks do not keep their works apart.
macro_rules! user {
    ($where:literal) => {
        concat!(
            "SELECT id, email, name, locale, password_hash, platform_admin, active, failed_attempts, locked_until, \
             password_changed_at, created_at, updated_at, version FROM app_user ",
            $where
        )
    };
}

statements! {
    FIND = "platform.user.find":
        user!("WHERE id = ?1"),
        // Locks by writing, which every server honours: wrong passwords that come at once are all counted.
        mssql: concat!("UPDATE app_user SET version = version WHERE id = ?1;\n", user!("WHERE id = ?1"));
    FIND_BY_EMAIL = "platform.user.find_by_email": user!("{lock_range} WHERE email = ?1");
    INSERT = "platform.user.insert":
        "INSERT INTO app_user (id, email, name, locale, password_hash, platform_admin, active, failed_attempts, \
         locked_until, password_changed_at, updated_at, version, search, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    UPDATE = "platform.user.update":
        "UPDATE app_user SET email = ?2, name = ?3, locale = ?4, password_hash = ?5, platform_admin = ?6, active = ?7, \
         failed_attempts = ?8, locked_until = ?9, password_changed_at = ?10, updated_at = ?11, version = ?12, \
         search = ?13 WHERE id = ?1";
    MEMBERSHIP = "platform.membership.find":
        "SELECT active FROM membership {lock} WHERE tenant_id = ?1 AND user_id = ?2";
    MEMBERSHIP_INSERT = "platform.membership.insert":
        "INSERT INTO membership (tenant_id, user_id, active, created_at) VALUES (?1, ?2, ?3, ?4)";
    MEMBERSHIP_UPDATE = "platform.membership.update":
        "UPDATE membership SET active = ?3 WHERE tenant_id = ?1 AND user_id = ?2";
    TENANTS_OF = "platform.membership.tenants_of":
        "SELECT tenant_id FROM membership WHERE user_id = ?1 ORDER BY tenant_id";
    ADMINISTRATORS = "platform.membership.count_administrators":
        "SELECT COUNT(*) FROM role r \
         INNER JOIN role_assignment ra ON ra.tenant_id = r.tenant_id AND ra.role_id = r.id \
         INNER JOIN membership m ON m.tenant_id = ra.tenant_id AND m.user_id = ra.user_id \
         INNER JOIN app_user u ON u.id = m.user_id \
         WHERE r.tenant_id = ?1 AND r.code = ?2 AND ra.expires_at IS NULL AND m.active = ?3 AND u.active = ?3";
    GRANTS = "platform.membership.grants_of":
        "SELECT DISTINCT rp.permission FROM role_assignment ra \
         INNER JOIN role_permission rp ON rp.tenant_id = ra.tenant_id AND rp.role_id = ra.role_id \
         WHERE ra.tenant_id = ?1 AND ra.user_id = ?2 AND (ra.expires_at IS NULL OR ra.expires_at > ?3) \
         ORDER BY rp.permission";
}

/// Reads the columns of [`FIND`].
pub(super) fn read_user(columns: &mut Columns) -> StorageResult<User> {
    Ok(User {
        id: columns.get("id")?,
        email: columns.parse("email", |text| EmailAddress::parse(text).ok())?,
        name: columns.get("name")?,
        locale: columns.parse("locale", Language::parse)?,
        password_hash: columns.get::<Option<String>>("password_hash")?.map(PasswordHash::new),
        platform_admin: columns.get("platform_admin")?,
        active: columns.get("active")?,
        failed_attempts: columns.get("failed_attempts")?,
        locked_until: columns.get("locked_until")?,
        password_changed_at: columns.get("password_changed_at")?,
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

pub(super) fn one_user(row: Option<Row>) -> AppResult<Option<User>> {
    Ok(row.map(|row| read_user(&mut row.columns("app_user"))).transpose()?)
}

/// How many of [`params`] an update takes; what follows never changes.
const UPDATED: usize = 13;

fn params(user: &User) -> [Value; 14] {
    [
        user.id.into(),
        user.email.as_str().into(),
        (&user.name).into(),
        user.locale.as_str().into(),
        user.password_hash.as_ref().map(PasswordHash::as_str).into(),
        user.platform_admin.into(),
        user.active.into(),
        user.failed_attempts.into(),
        user.locked_until.into(),
        user.password_changed_at.into(),
        user.updated_at.into(),
        user.version.into(),
        searchable(&format!("{} {}", user.name, user.email)),
        user.created_at.into(),
    ]
}

#[async_trait]
impl UserRepository for SqlUnitOfWork {
    async fn find(&mut self, id: UserId) -> AppResult<Option<User>> {
        one_user(self.tx.find(&FIND, &[id.into()]).await?)
    }

    async fn find_by_email(&mut self, email: &EmailAddress) -> AppResult<Option<User>> {
        one_user(self.tx.find(&FIND_BY_EMAIL, &[email.as_str().into()]).await?)
    }

    async fn insert(&mut self, user: &User) -> AppResult<()> {
        Ok(self.tx.execute_one(&INSERT, &params(user)).await?)
    }

    async fn update(&mut self, user: &User) -> AppResult<()> {
        Ok(self.tx.execute_one(&UPDATE, &params(user)[..UPDATED]).await?)
    }

    async fn member(&mut self, id: UserId) -> AppResult<Option<Member>> {
        let Some(row) = self.tx.find(&MEMBERSHIP, &[self.tenant.into(), id.into()]).await? else {
            return Ok(None);
        };
        let active = row.single("membership", "active")?;
        let user = one_user(self.tx.find(&FIND, &[id.into()]).await?)?;
        Ok(user.map(|user| Member { user, active }))
    }

    async fn insert_membership(&mut self, user: UserId) -> AppResult<()> {
        let params = [self.tenant.into(), user.into(), true.into(), self.now.into()];
        Ok(self.tx.execute_one(&MEMBERSHIP_INSERT, &params).await?)
    }

    async fn set_membership_active(&mut self, user: UserId, active: bool) -> AppResult<()> {
        let params = [self.tenant.into(), user.into(), active.into()];
        Ok(self.tx.execute_one(&MEMBERSHIP_UPDATE, &params).await?)
    }

    async fn tenants_of(&mut self, user: UserId) -> AppResult<Vec<TenantId>> {
        let rows = self.tx.query(&TENANTS_OF, &[user.into()]).await?;
        let tenants = rows.into_iter().map(|row| row.single("membership", "tenant_id"));
        Ok(tenants.collect::<StorageResult<_>>()?)
    }

    async fn count_administrators(&mut self) -> AppResult<u64> {
        let params = [self.tenant.into(), ADMINISTRATOR.into(), true.into()];
        let row = self.tx.find(&ADMINISTRATORS, &params).await?;
        Ok(row.map_or(Ok(0), |row| row.single("role_assignment", "count"))?)
    }

    async fn grants_of(&mut self, user: UserId, now: Timestamp) -> AppResult<Vec<String>> {
        let rows = self.tx.query(&GRANTS, &[self.tenant.into(), user.into(), now.into()]).await?;
        let grants = rows.into_iter().map(|row| row.single("role_permission", "permission"));
        Ok(grants.collect::<StorageResult<_>>()?)
    }
}
