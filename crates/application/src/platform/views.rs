//! The callers' view of identities and tenants: never a password, a hash or a key.

use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::records::{ApiKey, Invitation, Member, Role, RoleAssignment, Tenant};
use crate::views::{NameView, optional_timestamp, timestamp};

/// A tenant: the books of one legal entity.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    /// The company currency, a code of ISO 4217. It never changes.
    pub currency: String,
    /// The country, two letters of ISO 3166-1.
    pub country: String,
    /// The time zone, a name of the IANA database. It decides which day is "today" in the tenant.
    pub time_zone: String,
    /// The template from which the tenant was set up.
    pub template: String,
    /// The status: `active` or `suspended`.
    pub status: String,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub version: i64,
}

impl From<&Tenant> for TenantView {
    fn from(tenant: &Tenant) -> Self {
        Self {
            id: tenant.id.uuid(),
            code: tenant.code.to_string(),
            name: (&tenant.name).into(),
            currency: tenant.currency.to_string(),
            country: tenant.country.as_str().to_owned(),
            time_zone: tenant.time_zone.name().to_owned(),
            template: tenant.template.clone(),
            status: tenant.status.as_str().to_owned(),
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
            version: tenant.version,
        }
    }
}

/// A user as this tenant knows them. Nothing in it depends on other tenants of the person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    pub id: Uuid,
    pub email: String,
    /// The person's name in this tenant.
    pub name: String,
    /// The language: `en` or `ar`.
    pub locale: String,
    /// Whether the user may enter this tenant.
    pub active: bool,
    /// The moment at which the person became a user of the tenant.
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub version: i64,
}

impl From<&Member> for UserView {
    fn from(member: &Member) -> Self {
        let user = &member.user;
        Self {
            id: user.id.uuid(),
            email: user.email.to_string(),
            name: member.name.clone(),
            locale: member.locale.as_str().to_owned(),
            active: member.active && user.active,
            created_at: member.created_at,
            updated_at: member.updated_at,
            version: member.version,
        }
    }
}

/// An address that may become a member of the tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// The language: `en` or `ar`.
    pub locale: String,
    /// The roles that the person gets by accepting.
    pub role_ids: Vec<Uuid>,
    /// The user who sent the invitation; null when the tenant was set up with it.
    pub invited_by: Option<Uuid>,
    /// The moment from which the invitation can no longer be accepted, unless it is renewed.
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub accepted_at: Option<Timestamp>,
    /// The user that the person became; null until the invitation is accepted.
    pub user_id: Option<Uuid>,
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub version: i64,
}

impl From<&Invitation> for InvitationView {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.uuid(),
            email: invitation.email.to_string(),
            name: invitation.name.clone(),
            locale: invitation.locale.as_str().to_owned(),
            role_ids: invitation.roles.iter().map(|role| role.uuid()).collect(),
            invited_by: invitation.invited_by.map(|user| user.uuid()),
            expires_at: invitation.expires_at,
            accepted_at: invitation.accepted_at,
            user_id: invitation.user.map(|user| user.uuid()),
            revoked_at: invitation.revoked_at,
            created_at: invitation.created_at,
            updated_at: invitation.updated_at,
            version: invitation.version,
        }
    }
}

/// An invitation with its token, which is shown only once.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationSecretView {
    #[serde(flatten)]
    pub invitation: InvitationView,
    /// The token with which the person accepts the invitation, shown only once. Hand it to this person only, for
    /// instance in a link of your own pages. Null when the answer is a replay: renew the invitation in that case.
    pub token: Option<String>,
}

/// A new tenant. It comes with an invitation for its administrator unless a password was given.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewTenantView {
    #[serde(flatten)]
    pub tenant: TenantView,
    /// The invitation of the administrator; null when the administrator has a password.
    pub invitation: Option<InvitationView>,
    /// The token of the invitation, shown only once; null without an invitation, and when the answer is a replay.
    pub token: Option<String>,
}

/// The membership that an accepted invitation has opened.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceptedInvitationView {
    pub tenant_id: Uuid,
    /// The code of the tenant, for `tenant` when signing in.
    pub tenant_code: String,
    pub tenant_name: NameView,
    pub user: UserView,
}

/// A named set of permissions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    /// Whether the role belongs to the product; such a role never changes.
    pub system: bool,
    /// Permission names; a final `*` stands for everything below.
    pub permissions: Vec<String>,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub version: i64,
}

impl From<&Role> for RoleView {
    fn from(role: &Role) -> Self {
        Self {
            id: role.id.uuid(),
            code: role.code.to_string(),
            name: (&role.name).into(),
            system: role.system,
            permissions: role.permissions.clone(),
            created_at: role.created_at,
            updated_at: role.updated_at,
            version: role.version,
        }
    }
}

/// A role that a user has.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentView {
    pub id: Uuid,
    pub role_id: Uuid,
    pub user_id: Uuid,
    /// The moment from which the role no longer counts; null means never.
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    pub version: i64,
}

impl From<&RoleAssignment> for RoleAssignmentView {
    fn from(assignment: &RoleAssignment) -> Self {
        Self {
            id: assignment.id.uuid(),
            role_id: assignment.role.uuid(),
            user_id: assignment.user.uuid(),
            expires_at: assignment.expires_at,
            created_at: assignment.created_at,
            version: assignment.version,
        }
    }
}

/// The API key of a machine, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    pub id: Uuid,
    pub name: String,
    /// The prefix of the key, which begins with `erp_<prefix>_`.
    pub prefix: String,
    /// The user for whom the key acts.
    pub user_id: Uuid,
    /// The scopes of the key: it has those of these permissions that its user holds.
    pub scopes: Vec<String>,
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// The moment of the last use, accurate to the hour.
    #[serde(serialize_with = "optional_timestamp")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    #[serde(serialize_with = "timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    pub version: i64,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.uuid(),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            user_id: key.user.uuid(),
            scopes: key.scopes.clone(),
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_used_at,
            created_at: key.created_at,
            version: key.version,
        }
    }
}

/// An API key with its secret, which is shown only once.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeySecretView {
    #[serde(flatten)]
    pub api_key: ApiKeyView,
    /// The key itself, shown only once. Null when the answer is a replay: rotate the key in that case.
    pub key: Option<String>,
}

/// A tenant that a user may enter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    pub tenant_id: Uuid,
    pub code: String,
    pub name: NameView,
    /// Whether the user may sign in there now.
    pub active: bool,
    /// Whether a sign-in without a tenant enters it.
    pub default: bool,
}

/// The caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeView {
    pub user: UserView,
    pub tenant: TenantView,
    /// The kind of caller: `user` or `api_key`.
    pub actor: String,
    /// The permissions of this credential. A final `*` stands for everything below.
    pub permissions: Vec<String>,
    /// Whether the caller is a platform administrator, who creates and suspends tenants.
    pub platform_admin: bool,
    /// Every tenant of the user, in the order in which the user joined them.
    pub memberships: Vec<MembershipView>,
}

/// One configuration value of the tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingView {
    pub key: String,
    #[schema(value_type = Value)]
    pub value: serde_json::Value,
    /// Whether the default is in force because no value was set.
    pub is_default: bool,
    pub description: NameView,
    /// The version; zero while the setting has its default.
    pub version: i64,
}

/// A permission that roles and API keys can hold.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PermissionView {
    pub name: String,
    pub description: NameView,
}
