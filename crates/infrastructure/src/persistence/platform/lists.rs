//! The lists of identity: what each selects and which columns its fields are.

use crate::sql::list::ListSql;

/// Tenants are not a tenant's, so its condition is always true.
pub static TENANTS: ListSql = ListSql {
    spec: &application::platform::tenants::TENANT_LIST,
    select: "SELECT t.id, t.code, t.name_ar, t.name_en, t.currency, t.country, t.template, t.status, t.created_at, \
             t.updated_at, t.version FROM tenant t",
    tenant: "?1",
    key: &["t.id"],
    columns: &[("id", "t.id"), ("code", "t.code"), ("status", "t.status"), ("createdAt", "t.created_at")],
    sorted_as: &[],
};

pub static USERS: ListSql = ListSql {
    spec: &application::platform::users::USER_LIST,
    select: "SELECT u.id, u.email, u.name, u.locale, u.password_hash, u.platform_admin, u.active, u.failed_attempts, \
             u.locked_until, u.password_changed_at, u.created_at, u.updated_at, u.version, m.active \
             FROM membership m INNER JOIN app_user u ON u.id = m.user_id",
    tenant: "m.tenant_id",
    key: &["u.id"],
    columns: &[
        ("id", "u.id"),
        ("email", "u.email"),
        ("name", "u.name"),
        ("search", "u.search"),
        ("active", "m.active"),
        ("createdAt", "u.created_at"),
    ],
    sorted_as: &[],
};

pub static ROLES: ListSql = ListSql {
    spec: &application::platform::roles::ROLE_LIST,
    select: "SELECT r.id, r.code, r.name_ar, r.name_en, r.system, r.created_at, r.updated_at, r.version FROM role r",
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[("id", "r.id"), ("code", "r.code"), ("system", "r.system"), ("createdAt", "r.created_at")],
    sorted_as: &[],
};

pub static ROLE_ASSIGNMENTS: ListSql = ListSql {
    spec: &application::platform::role_assignments::ROLE_ASSIGNMENT_LIST,
    select: "SELECT a.id, a.role_id, a.user_id, a.expires_at, a.created_at, a.version FROM role_assignment a",
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: &[
        ("id", "a.id"),
        ("userId", "a.user_id"),
        ("roleId", "a.role_id"),
        ("expiresAt", "a.expires_at"),
        ("createdAt", "a.created_at"),
    ],
    sorted_as: &[],
};

pub static API_KEYS: ListSql = ListSql {
    spec: &application::platform::api_keys::API_KEY_LIST,
    select: "SELECT k.id, k.name, k.prefix, k.secret_hash, k.user_id, k.scopes, k.expires_at, k.revoked_at, \
             k.last_used_at, k.created_at, k.version FROM api_key k",
    tenant: "k.tenant_id",
    key: &["k.id"],
    columns: &[
        ("id", "k.id"),
        ("name", "k.name"),
        ("prefix", "k.prefix"),
        ("userId", "k.user_id"),
        ("expiresAt", "k.expires_at"),
        ("revokedAt", "k.revoked_at"),
        ("createdAt", "k.created_at"),
    ],
    sorted_as: &[],
};
