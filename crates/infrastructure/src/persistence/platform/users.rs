//! Accounts and their memberships.

use application::error::AppResult;
use application::platform::ports::UserRepository;
use application::platform::records::{Member, User};
use application::platform::standard_roles::ADMINISTRATOR;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::error::Language;
use domain::ids::{RoleId, TenantId, UserId};
use domain::platform::{EmailAddress, PasswordHash};
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::search::searchable;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

/// The query of an account. An account belongs to several tenants, whose locks do not keep their works apart.
macro_rules! user {
    ($where:literal) => {
        concat!(
            "SELECT id, address, name, locale, password_hash, password_by_other, platform_admin, active, failed_attempts, \
             locked_until, password_changed_at, managed_by, default_tenant_id, created_at, updated_at, version \
             FROM app_user ",
            $where
        )
    };
}

macro_rules! administrators {
    () => {
        "SELECT COUNT(*) AS count FROM role r \
         INNER JOIN role_assignment ra ON ra.tenant_id = r.tenant_id AND ra.role_id = r.id \
         INNER JOIN membership m ON m.tenant_id = ra.tenant_id AND m.user_id = ra.user_id \
         INNER JOIN app_user u ON u.id = m.user_id \
         WHERE r.tenant_id = ?1 AND r.code = ?2 AND ra.expires_at IS NULL AND m.active = ?3 AND u.active = ?3"
    };
}

statements! {
    FIND = "platform.user.find":
        user!("WHERE id = ?1"),
        // Locks by writing, which every server honours: wrong passwords that come at once are all counted.
        mssql: concat!("UPDATE app_user SET version = version WHERE id = ?1;\n", user!("WHERE id = ?1"));
    INSERT = "platform.user.insert":
        "INSERT INTO app_user (id, address, name, locale, password_hash, password_by_other, platform_admin, active, \
         failed_attempts, locked_until, password_changed_at, managed_by, default_tenant_id, updated_at, version, \
         created_at, email, search) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
    UPDATE = "platform.user.update":
        "UPDATE app_user SET address = ?2, name = ?3, locale = ?4, password_hash = ?5, password_by_other = ?6, \
         platform_admin = ?7, active = ?8, failed_attempts = ?9, locked_until = ?10, password_changed_at = ?11, \
         managed_by = ?12, default_tenant_id = ?13, updated_at = ?14, version = ?15 WHERE id = ?1";
    MEMBERSHIP = "platform.membership.find":
        "SELECT active, name, locale, created_at, updated_at, version FROM membership {lock} \
         WHERE tenant_id = ?1 AND user_id = ?2";
    MEMBER_OF_ADDRESS = "platform.membership.of_address":
        "SELECT user_id FROM membership {lock_range} WHERE tenant_id = ?1 AND email = ?2";
    MEMBERSHIP_INSERT = "platform.membership.insert":
        "INSERT INTO membership (tenant_id, user_id, email, name, search, locale, active, updated_at, version, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    MEMBERSHIP_UPDATE = "platform.membership.update":
        "UPDATE membership SET email = ?3, name = ?4, search = ?5, locale = ?6, active = ?7, updated_at = ?8, version = ?9 \
         WHERE tenant_id = ?1 AND user_id = ?2 AND version = ?9 - 1";
    TENANTS_OF = "platform.membership.tenants_of":
        "SELECT tenant_id FROM membership WHERE user_id = ?1 ORDER BY tenant_id";
    ADMINISTRATORS = "platform.membership.count_administrators":
        administrators!(),
        // Locks by writing: two administrators who remove each other at once do not both see the other remain.
        mssql: concat!("UPDATE role SET version = version WHERE tenant_id = ?1 AND code = ?2;\n", administrators!());
    GRANTS = "platform.membership.grants_of":
        "SELECT DISTINCT rp.permission FROM role_assignment ra \
         INNER JOIN role_permission rp ON rp.tenant_id = ra.tenant_id AND rp.role_id = ra.role_id \
         WHERE ra.tenant_id = ?1 AND ra.user_id = ?2 AND (ra.expires_at IS NULL OR ra.expires_at > ?3) \
         ORDER BY rp.permission";
    HOLDERS_GRANTS = "platform.membership.grants_of_holders":
        "SELECT DISTINCT rp.permission FROM role_assignment h \
         INNER JOIN role_assignment ra ON ra.tenant_id = h.tenant_id AND ra.user_id = h.user_id \
         INNER JOIN role_permission rp ON rp.tenant_id = ra.tenant_id AND rp.role_id = ra.role_id \
         WHERE h.tenant_id = ?1 AND h.role_id = ?2 AND (h.expires_at IS NULL OR h.expires_at > ?3) \
         AND (ra.expires_at IS NULL OR ra.expires_at > ?3) ORDER BY rp.permission";
}

/// Reads the columns of [`FIND`].
pub(super) fn read_user(columns: &mut Columns) -> StorageResult<User> {
    Ok(User {
        id: columns.get("id")?,
        email: columns.parse("address", |text| EmailAddress::parse(text).ok())?,
        name: columns.get("name")?,
        locale: columns.parse("locale", Language::parse)?,
        password_hash: columns.get::<Option<String>>("password_hash")?.map(PasswordHash::new),
        password_by_other: columns.get("password_by_other")?,
        platform_admin: columns.get("platform_admin")?,
        active: columns.get("active")?,
        failed_attempts: columns.get("failed_attempts")?,
        locked_until: columns.get("locked_until")?,
        password_changed_at: columns.get("password_changed_at")?,
        managed_by: columns.get("managed_by")?,
        default_tenant: columns.get("default_tenant_id")?,
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

pub(super) fn one_user(row: Option<Row>) -> AppResult<Option<User>> {
    Ok(row.map(|row| read_user(&mut row.columns("app_user"))).transpose()?)
}

/// The columns of an update; the others never change.
fn params(user: &User) -> Vec<Value> {
    vec![
        user.id.into(),
        user.email.as_str().into(),
        (&user.name).into(),
        user.locale.as_str().into(),
        user.password_hash.as_ref().map(PasswordHash::as_str).into(),
        user.password_by_other.into(),
        user.platform_admin.into(),
        user.active.into(),
        user.failed_attempts.into(),
        user.locked_until.into(),
        user.password_changed_at.into(),
        user.managed_by.into(),
        user.default_tenant.into(),
        user.updated_at.into(),
        user.version.into(),
    ]
}

/// The content of the column `email`, which is unique and not read any more (migration 0010).
fn unique_name(id: UserId) -> String {
    format!("{}@account.invalid", id.uuid().simple())
}

/// A row that an earlier version wrote may lack what is the membership's own; the account has it then.
fn read_member(columns: &mut Columns, user: User) -> StorageResult<Member> {
    let active = columns.get("active")?;
    let name: Option<String> = columns.get("name")?;
    let locale: Option<String> = columns.get("locale")?;
    let created_at = columns.get("created_at")?;
    let updated_at: Option<Timestamp> = columns.get("updated_at")?;
    let version = columns.get("version")?;
    Ok(Member {
        name: name.unwrap_or_else(|| user.name.clone()),
        locale: locale.as_deref().and_then(Language::parse).unwrap_or(user.locale),
        active,
        created_at,
        updated_at: updated_at.unwrap_or(created_at),
        version,
        user,
    })
}

impl SqlUnitOfWork {
    fn membership_params(&self, member: &Member) -> [Value; 9] {
        let email = member.user.email.as_str();
        [
            self.tenant.into(),
            member.user.id.into(),
            email.into(),
            (&member.name).into(),
            searchable(&format!("{} {email}", member.name)),
            member.locale.as_str().into(),
            member.active.into(),
            member.updated_at.into(),
            member.version.into(),
        ]
    }
}

#[async_trait]
impl UserRepository for SqlUnitOfWork {
    async fn find(&mut self, id: UserId) -> AppResult<Option<User>> {
        one_user(self.tx.find(&FIND, &[id.into()]).await?)
    }

    async fn insert(&mut self, user: &User) -> AppResult<()> {
        let mut params = params(user);
        params.extend([user.created_at.into(), unique_name(user.id).into(), "".into()]);
        Ok(self.tx.execute_one(&INSERT, &params).await?)
    }

    async fn update(&mut self, user: &User) -> AppResult<()> {
        Ok(self.tx.execute_one(&UPDATE, &params(user)).await?)
    }

    async fn member(&mut self, id: UserId) -> AppResult<Option<Member>> {
        let (membership, account) = ([self.tenant.into(), id.into()], [id.into()]);
        let [memberships, users] = self.tx.query_all([(&MEMBERSHIP, &membership), (&FIND, &account)]).await?;
        let Some(row) = memberships.into_iter().next() else { return Ok(None) };
        let user = one_user(users.into_iter().next())?;
        Ok(user.map(|user| read_member(&mut row.columns("membership"), user)).transpose()?)
    }

    async fn member_of_address(&mut self, email: &EmailAddress) -> AppResult<Option<UserId>> {
        let row = self.tx.find(&MEMBER_OF_ADDRESS, &[self.tenant.into(), email.as_str().into()]).await?;
        Ok(row.map(|row| row.single("membership", "user_id")).transpose()?)
    }

    async fn insert_membership(&mut self, member: &Member) -> AppResult<()> {
        let mut params = self.membership_params(member).to_vec();
        params.push(member.created_at.into());
        Ok(self.tx.execute_one(&MEMBERSHIP_INSERT, &params).await?)
    }

    async fn update_membership(&mut self, member: &Member) -> AppResult<()> {
        Ok(self.tx.execute_one(&MEMBERSHIP_UPDATE, &self.membership_params(member)).await?)
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

    async fn grants_of_holders(&mut self, role: RoleId, now: Timestamp) -> AppResult<Vec<String>> {
        let rows = self.tx.query(&HOLDERS_GRANTS, &[self.tenant.into(), role.into(), now.into()]).await?;
        let grants = rows.into_iter().map(|row| row.single("role_permission", "permission"));
        Ok(grants.collect::<StorageResult<_>>()?)
    }
}
