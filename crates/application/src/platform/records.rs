//! What is stored about identities and tenants, as the repositories give and take it.

use domain::error::{Language, Violation};
use domain::ids::{ApiKeyId, RefreshTokenId, RoleAssignmentId, RoleId, TenantId, UserId};
use domain::money::CurrencyCode;
use domain::platform::{EmailAddress, PasswordHash};
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;
use uuid::Uuid;

use super::error::INVALID_COUNTRY;

/// Tenants one person may belong to: a change of the person is written to the audit log of each.
pub const MEMBERSHIPS_MAX: usize = 100;
/// Permissions in one role, and scopes of one API key.
pub const GRANTS_MAX: usize = 200;

/// An ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(20).collect();
        Err(Violation::new(&INVALID_COUNTRY).with("value", shown))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantStatus {
    Active,
    /// Nobody can sign in; the books stay as they are.
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
    /// What it was set up from.
    pub template: String,
    pub status: TenantStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

/// A person, whatever the tenant.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    pub password_hash: Option<PasswordHash>,
    pub platform_admin: bool,
    pub active: bool,
    /// Wrong passwords since the last right one.
    pub failed_attempts: u32,
    pub locked_until: Option<Timestamp>,
    pub password_changed_at: Option<Timestamp>,
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

/// A user as one tenant sees them.
#[derive(Debug, Clone)]
pub struct Member {
    pub user: User,
    /// Whether the user may enter this tenant.
    pub active: bool,
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
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}
