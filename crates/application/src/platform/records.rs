//! The stored records of identities and tenants, as the repositories give and take them.

use domain::country::Country;
use domain::error::Language;
use domain::ids::{ApiKeyId, InvitationId, RefreshTokenId, RoleAssignmentId, RoleId, TenantId, UserId};
use domain::money::CurrencyCode;
use domain::platform::{EmailAddress, PasswordHash};
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;
use domain::time_zone::TimeZone;
use uuid::Uuid;

/// Tenants one account may belong to: a new password is noted in each.
pub const MEMBERSHIPS_MAX: usize = 100;
/// Accounts that a sign-in without a tenant tries: those of one address, the oldest first.
pub const ACCOUNTS_TRIED_MAX: usize = 4;
/// Roles given with one invitation.
pub const INVITATION_ROLES_MAX: usize = 20;
/// Open invitations of one tenant.
pub const INVITATIONS_OPEN_MAX: u64 = 1_000;
/// Permissions in one role, and scopes of one API key.
pub const GRANTS_MAX: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantStatus {
    Active,
    /// Signing in is impossible; the books stay as they are.
    Suspended,
}

impl TenantStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.as_str() == text)
    }
}

/// One legal entity's books.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: TenantId,
    pub code: Code,
    pub name: LocalizedName,
    pub currency: CurrencyCode,
    pub country: Country,
    /// The time zone in which its days begin.
    pub time_zone: TimeZone,
    /// The template it was set up from.
    pub template: String,
    pub status: TenantStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

/// The account of a person, whatever the tenant. An address may have several accounts, each made by accepting an
/// invitation: what one tenant says about an address is true for that tenant alone.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    pub password_hash: Option<PasswordHash>,
    /// Somebody else chose the password: it opens what it opens now, and no further tenant.
    pub password_by_other: bool,
    pub platform_admin: bool,
    pub active: bool,
    /// Wrong passwords since the last right one.
    pub failed_attempts: u32,
    pub locked_until: Option<Timestamp>,
    pub password_changed_at: Option<Timestamp>,
    /// The tenant whose administrators may set password and address; `None`: they are the person's own.
    pub managed_by: Option<TenantId>,
    /// The tenant that a sign-in without a tenant enters.
    pub default_tenant: Option<TenantId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl User {
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }
    /// Tokens carry it and die when it changes.
    pub fn stamp(&self) -> i64 {
        self.password_changed_at.map_or(0, Timestamp::micros)
    }
}

/// The first data of a new account.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    pub password_hash: PasswordHash,
    pub password_by_other: bool,
    pub platform_admin: bool,
    pub managed_by: Option<TenantId>,
}

impl NewUser {
    pub fn at(self, now: Timestamp) -> User {
        User {
            id: self.id,
            email: self.email,
            name: self.name,
            locale: self.locale,
            password_hash: Some(self.password_hash),
            password_by_other: self.password_by_other,
            platform_admin: self.platform_admin,
            active: true,
            failed_attempts: 0,
            locked_until: None,
            password_changed_at: Some(now),
            managed_by: self.managed_by,
            default_tenant: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// A user as one tenant knows them; name, language and version are this tenant's own.
#[derive(Debug, Clone)]
pub struct Member {
    pub user: User,
    pub name: String,
    pub locale: Language,
    /// Whether the user may enter this tenant.
    pub active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl Member {
    /// A new membership of an account, under the name that the tenant gives.
    pub fn new(user: User, name: String, locale: Language, now: Timestamp) -> Self {
        Self { user, name, locale, active: true, created_at: now, updated_at: now, version: 1 }
    }

    /// The next version of the member, changed at `now`.
    pub fn changed(&self, now: Timestamp) -> Self {
        Self { updated_at: now, version: self.version + 1, ..self.clone() }
    }
}

/// An address that may become a member of the tenant. Only whoever accepts makes the membership.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    /// Given at acceptance, if whoever invited may still give them.
    pub roles: Vec<RoleId>,
    /// SHA-256 of the token that is handed over.
    pub token_hash: [u8; 32],
    /// `None`: the platform itself, when it set up the tenant.
    pub invited_by: Option<UserId>,
    /// The key that acted for whoever invited.
    pub api_key: Option<ApiKeyId>,
    pub expires_at: Timestamp,
    pub accepted_at: Option<Timestamp>,
    /// Whose membership it became.
    pub user: Option<UserId>,
    pub revoked_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl Invitation {
    /// Neither accepted nor revoked; it may have expired.
    pub fn is_open(&self) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none()
    }
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.is_open() && self.expires_at > now
    }
}

#[derive(Debug, Clone)]
pub struct Role {
    pub id: RoleId,
    pub code: Code,
    pub name: LocalizedName,
    /// Came with the tenant and never changes.
    pub system: bool,
    /// Permission names, or prefixes ending in `*`; sorted.
    pub permissions: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

#[derive(Debug, Clone)]
pub struct RoleAssignment {
    pub id: RoleAssignmentId,
    pub role: RoleId,
    pub user: UserId,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The part of the key that is shown, to tell keys apart.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub secret_hash: [u8; 32],
    /// The member it acts for.
    pub user: UserId,
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl ApiKey {
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| expiry > now)
    }
}

/// One link in the chain of a session's refresh tokens.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    pub id: RefreshTokenId,
    pub tenant: TenantId,
    pub user: UserId,
    /// The session: every token that grew out of one sign-in.
    pub family: Uuid,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The moment at which the password was given.
    pub session_began_at: Timestamp,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}
