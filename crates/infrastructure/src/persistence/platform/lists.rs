//! The lists of identity: what each selects and which columns its fields are.

use crate::sql::list::ListSql;

/// Tenants are not a tenant's, so its condition is always true.
pub static TENANTS: ListSql = ListSql {
    spec: &application::platform::tenants::TENANT_LIST,
    select: "SELECT t.id, t.code, t.name_ar, t.name_en, t.currency, t.country, t.time_zone, t.template, t.status, \
             t.created_at, t.updated_at, t.version FROM tenant t",
    tenant: "?1",
    key: &["t.id"],
    columns: &[("id", "t.id"), ("code", "t.code"), ("status", "t.status"), ("createdAt", "t.created_at")],
    sorted_as: &[],
};

/// The data that a tenant keeps of its members; the account only where an earlier version wrote the membership.
pub static USERS: ListSql = ListSql {
    spec: &application::platform::users::USER_LIST,
    select: "SELECT u.id, u.address, COALESCE(m.name, u.name) AS name, COALESCE(m.locale, u.locale) AS locale, \
             m.active AS member_active, u.active AS user_active, \
             m.created_at, COALESCE(m.updated_at, m.created_at) AS updated_at, m.version \
             FROM membership m INNER JOIN app_user u ON u.id = m.user_id",
    tenant: "m.tenant_id",
    key: &["u.id"],
    columns: &[
        ("id", "u.id"),
        ("email", "u.address"),
        ("name", "COALESCE(m.name, u.name)"),
        ("search", "COALESCE(m.search, u.search)"),
        ("active", "m.active"),
        ("createdAt", "m.created_at"),
    ],
    sorted_as: &[],
};

pub static INVITATIONS: ListSql = ListSql {
    spec: &application::platform::invitations::INVITATION_LIST,
    select: "SELECT i.id, i.email, i.name, i.locale, i.role_ids, i.token_hash, i.invited_by, i.api_key_id, i.expires_at, \
             i.accepted_at, i.user_id, i.revoked_at, i.created_at, i.updated_at, i.version FROM invitation i",
    tenant: "i.tenant_id",
    key: &["i.id"],
    columns: &[
        ("id", "i.id"),
        ("email", "i.email"),
        ("invitedBy", "i.invited_by"),
        ("expiresAt", "i.expires_at"),
        ("acceptedAt", "i.accepted_at"),
        ("revokedAt", "i.revoked_at"),
        ("createdAt", "i.created_at"),
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
