//! The read side of identity and tenancy.

use std::collections::HashMap;

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::platform::ports::PlatformQueries;
use application::platform::records::{ACCOUNTS_TRIED_MAX, ApiKey, Invitation, Role, User};
use application::platform::views::{
    ApiKeyView, InvitationView, MembershipView, RoleAssignmentView, RoleView, TenantView, UserView,
};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::{ApiKeyId, InvitationId, RoleAssignmentId, RoleId, TenantId, UserId};
use domain::platform::EmailAddress;
use serde_json::Value as Json;

use super::api_keys::read_api_key;
use super::invitations::read_invitation;
use super::lists;
use super::roles::{read_assignment, read_role};
use super::tenants::{json, read_name, read_tenant};
use super::users::{one_user, read_user};
use crate::sql::db::Db;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

statements! {
    TENANT = "platform.tenant.get":
        "SELECT id, code, name_ar, name_en, currency, country, time_zone, template, status, created_at, updated_at, version \
         FROM tenant WHERE id = ?1";
    USER = "platform.user.get":
        "SELECT u.id, u.address, COALESCE(m.name, u.name) AS name, COALESCE(m.locale, u.locale) AS locale, \
         m.active AS member_active, u.active AS user_active, m.created_at, \
         COALESCE(m.updated_at, m.created_at) AS updated_at, m.version FROM membership m INNER JOIN app_user u ON u.id = m.user_id \
         WHERE m.tenant_id = ?1 AND m.user_id = ?2";
    INVITATION = "platform.invitation.get":
        "SELECT id, email, name, locale, role_ids, token_hash, invited_by, api_key_id, expires_at, accepted_at, user_id, \
         revoked_at, created_at, updated_at, version FROM invitation WHERE tenant_id = ?1 AND id = ?2";
    INVITATION_BY_TOKEN = "platform.invitation.by_token":
        "SELECT id, email, name, locale, role_ids, token_hash, invited_by, api_key_id, expires_at, accepted_at, user_id, \
         revoked_at, created_at, updated_at, version, tenant_id FROM invitation WHERE token_hash = ?1";
    ROLE = "platform.role.get":
        "SELECT id, code, name_ar, name_en, system, created_at, updated_at, version FROM role \
         WHERE tenant_id = ?1 AND id = ?2";
    ROLE_ASSIGNMENT = "platform.role_assignment.get":
        "SELECT id, role_id, user_id, expires_at, created_at, version FROM role_assignment \
         WHERE tenant_id = ?1 AND id = ?2";
    API_KEY = "platform.api_key.get":
        "SELECT id, name, prefix, secret_hash, user_id, scopes, expires_at, revoked_at, last_used_at, created_at, version \
         FROM api_key WHERE tenant_id = ?1 AND id = ?2";
    API_KEY_BY_HASH = "platform.api_key.by_hash":
        "SELECT id, name, prefix, secret_hash, user_id, scopes, expires_at, revoked_at, last_used_at, created_at, \
         version, tenant_id FROM api_key WHERE secret_hash = ?1";
    MEMBERSHIPS = "platform.membership.of_user":
        "SELECT t.id, t.code, t.name_ar, t.name_en, m.active AS member_active, t.status, u.active AS user_active, \
         u.default_tenant_id FROM membership m \
         INNER JOIN tenant t ON t.id = m.tenant_id INNER JOIN app_user u ON u.id = m.user_id \
         WHERE m.user_id = ?1 ORDER BY m.created_at, t.code";
    SETTINGS = "platform.setting.list":
        "SELECT setting_key, value, version FROM tenant_setting WHERE tenant_id = ?1 ORDER BY setting_key";
    CREDENTIALS = "platform.user.credentials":
        "SELECT {top ?2} id, address, name, locale, password_hash, password_by_other, platform_admin, active, \
         failed_attempts, locked_until, password_changed_at, managed_by, default_tenant_id, created_at, updated_at, version \
         FROM app_user WHERE address = ?1 ORDER BY created_at, id {limit ?2}";
    CREDENTIALS_IN = "platform.user.credentials_in":
        "SELECT u.id, u.address, u.name, u.locale, u.password_hash, u.password_by_other, u.platform_admin, u.active, \
         u.failed_attempts, u.locked_until, u.password_changed_at, u.managed_by, u.default_tenant_id, u.created_at, \
         u.updated_at, u.version FROM app_user u INNER JOIN membership m ON m.user_id = u.id \
         INNER JOIN tenant t ON t.id = m.tenant_id WHERE u.address = ?1 AND (t.code = ?2 OR t.id = ?3) \
         ORDER BY u.created_at, u.id";
    CREDENTIALS_OF = "platform.user.credentials_of":
        "SELECT id, address, name, locale, password_hash, password_by_other, platform_admin, active, failed_attempts, \
         locked_until, password_changed_at, managed_by, default_tenant_id, created_at, updated_at, version \
         FROM app_user WHERE id = ?1";
}

pub static PERMISSIONS: Lookup = Lookup::new(
    "platform.role_permission.of_roles",
    "SELECT role_id, permission FROM role_permission WHERE tenant_id = ?1",
    ("role_id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&PERMISSIONS];

fn read_member(columns: &mut Columns) -> StorageResult<UserView> {
    let (id, email, name, locale) =
        (columns.get("id")?, columns.get("address")?, columns.get("name")?, columns.get("locale")?);
    let (member, user): (bool, bool) = (columns.get("member_active")?, columns.get("user_active")?);
    Ok(UserView {
        id,
        email,
        name,
        locale,
        active: member && user,
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

/// With the tenant that the account enters by itself.
fn read_membership(columns: &mut Columns) -> StorageResult<(MembershipView, Option<TenantId>)> {
    let tenant_id = columns.get("id")?;
    let code = columns.get("code")?;
    let name = read_name(columns)?;
    let member: bool = columns.get("member_active")?;
    let status: String = columns.get("status")?;
    let user: bool = columns.get("user_active")?;
    let active = member && user && status == "active";
    let view = MembershipView { tenant_id, code, name: (&name).into(), active, default: false };
    Ok((view, columns.get("default_tenant_id")?))
}

/// Marks where a sign-in without a tenant goes: where the person said, or else to the first that is open to them.
fn marked(memberships: Vec<(MembershipView, Option<TenantId>)>) -> Vec<MembershipView> {
    let chosen = memberships.first().and_then(|(_, chosen)| *chosen);
    let mut views: Vec<_> = memberships.into_iter().map(|(view, _)| view).collect();
    let is_chosen =
        |view: &MembershipView| view.active && chosen.is_some_and(|id| id.uuid() == view.tenant_id);
    let position = views.iter().position(is_chosen).or_else(|| views.iter().position(|view| view.active));
    if let Some(view) = position.and_then(|position| views.get_mut(position)) {
        view.default = true;
    }
    views
}

impl Db {
    /// Fills in the permissions of a page of roles with one query.
    async fn with_permissions(&self, tenant: TenantId, roles: Vec<Role>) -> AppResult<Vec<RoleView>> {
        let ids = roles.iter().map(|role| Value::from(role.id));
        let mut permissions: HashMap<RoleId, Vec<String>> = HashMap::new();
        for row in self.lookup(&PERMISSIONS, tenant, ids).await? {
            let mut columns = row.columns("role_permission");
            let role = columns.get("role_id")?;
            permissions.entry(role).or_default().push(columns.get("permission")?);
        }
        let view = |mut role: Role| {
            role.permissions = permissions.remove(&role.id).unwrap_or_default();
            role.permissions.sort_unstable();
            RoleView::from(&role)
        };
        Ok(roles.into_iter().map(view).collect())
    }
}

#[async_trait]
impl PlatformQueries for Db {
    async fn tenants(&self, query: &ListQuery) -> AppResult<Page<TenantView>> {
        let anywhere = TenantId::new(uuid::Uuid::nil());
        let page = lists::TENANTS.page(self, anywhere, query, None, read_tenant).await?;
        Ok(page.map(|tenant| TenantView::from(&tenant)))
    }

    async fn tenant(&self, id: TenantId) -> AppResult<Option<TenantView>> {
        let Some(row) = self.find(&TENANT, &[id.into()]).await? else { return Ok(None) };
        Ok(Some(TenantView::from(&read_tenant(&mut row.columns("tenant"))?)))
    }

    async fn users(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<UserView>> {
        lists::USERS.page(self, tenant, query, None, read_member).await
    }

    async fn user(&self, tenant: TenantId, id: UserId) -> AppResult<Option<UserView>> {
        let row = self.find(&USER, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| read_member(&mut row.columns("app_user"))).transpose()?)
    }

    async fn roles(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<RoleView>> {
        let page = lists::ROLES.page(self, tenant, query, None, read_role).await?;
        let (roles, page) = page.split();
        Ok(page.with(self.with_permissions(tenant, roles).await?))
    }

    async fn role(&self, tenant: TenantId, id: RoleId) -> AppResult<Option<RoleView>> {
        let Some(row) = self.find(&ROLE, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let role = read_role(&mut row.columns("role"))?;
        Ok(self.with_permissions(tenant, vec![role]).await?.pop())
    }

    async fn role_assignments(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<RoleAssignmentView>> {
        let page = lists::ROLE_ASSIGNMENTS.page(self, tenant, query, None, read_assignment).await?;
        Ok(page.map(|assignment| RoleAssignmentView::from(&assignment)))
    }

    async fn role_assignment(
        &self,
        tenant: TenantId,
        id: RoleAssignmentId,
    ) -> AppResult<Option<RoleAssignmentView>> {
        let Some(row) = self.find(&ROLE_ASSIGNMENT, &[tenant.into(), id.into()]).await? else {
            return Ok(None);
        };
        Ok(Some(RoleAssignmentView::from(&read_assignment(&mut row.columns("role_assignment"))?)))
    }

    async fn api_keys(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<ApiKeyView>> {
        let page = lists::API_KEYS.page(self, tenant, query, None, read_api_key).await?;
        Ok(page.map(|key| ApiKeyView::from(&key)))
    }

    async fn api_key(&self, tenant: TenantId, id: ApiKeyId) -> AppResult<Option<ApiKeyView>> {
        let Some(row) = self.find(&API_KEY, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(ApiKeyView::from(&read_api_key(&mut row.columns("api_key"))?)))
    }

    async fn invitations(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<InvitationView>> {
        let page = lists::INVITATIONS.page(self, tenant, query, None, read_invitation).await?;
        Ok(page.map(|invitation| InvitationView::from(&invitation)))
    }

    async fn invitation(&self, tenant: TenantId, id: InvitationId) -> AppResult<Option<InvitationView>> {
        let Some(row) = self.find(&INVITATION, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(InvitationView::from(&read_invitation(&mut row.columns("invitation"))?)))
    }

    async fn invitation_by_token(&self, hash: &[u8; 32]) -> AppResult<Option<(TenantId, Invitation)>> {
        let Some(row) = self.find(&INVITATION_BY_TOKEN, &[(*hash).into()]).await? else { return Ok(None) };
        let mut columns = row.columns("invitation");
        let invitation = read_invitation(&mut columns)?;
        Ok(Some((columns.get("tenant_id")?, invitation)))
    }

    async fn memberships(&self, user: UserId) -> AppResult<Vec<MembershipView>> {
        let rows = self.query(&MEMBERSHIPS, &[user.into()]).await?;
        let read = rows.into_iter().map(|row| read_membership(&mut row.columns("membership")));
        Ok(marked(read.collect::<StorageResult<_>>()?))
    }

    async fn settings(&self, tenant: TenantId) -> AppResult<Vec<(String, Json, i64)>> {
        let read = |mut columns: Columns| -> StorageResult<_> {
            Ok((columns.get("setting_key")?, json(&mut columns, "value")?, columns.get("version")?))
        };
        let rows = self.query(&SETTINGS, &[tenant.into()]).await?;
        Ok(rows.into_iter().map(|row| read(row.columns("tenant_setting"))).collect::<StorageResult<_>>()?)
    }

    async fn credentials(&self, email: &EmailAddress, tenant: Option<&str>) -> AppResult<Vec<User>> {
        let rows = match tenant {
            None => {
                let tried = i64::try_from(ACCOUNTS_TRIED_MAX).unwrap_or(i64::MAX);
                self.query(&CREDENTIALS, &[email.as_str().into(), tried.into()]).await?
            }
            Some(tenant) => {
                let id = tenant.parse().unwrap_or(TenantId::new(uuid::Uuid::nil()));
                self.query(&CREDENTIALS_IN, &[email.as_str().into(), tenant.into(), id.into()]).await?
            }
        };
        let users = rows.into_iter().map(|row| read_user(&mut row.columns("app_user")));
        Ok(users.collect::<StorageResult<_>>()?)
    }

    async fn credentials_of(&self, user: UserId) -> AppResult<Option<User>> {
        one_user(self.find(&CREDENTIALS_OF, &[user.into()]).await?)
    }

    async fn api_key_by_hash(&self, hash: &[u8; 32]) -> AppResult<Option<(TenantId, ApiKey)>> {
        let Some(row) = self.find(&API_KEY_BY_HASH, &[(*hash).into()]).await? else { return Ok(None) };
        let mut columns = row.columns("api_key");
        let key = read_api_key(&mut columns)?;
        Ok(Some((columns.get("tenant_id")?, key)))
    }
}
