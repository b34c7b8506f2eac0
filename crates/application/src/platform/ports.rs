//! The ports of identity and tenancy. Repositories are bound to the tenant of their unit of work unless a method says
//! otherwise; they answer `None` for what does not exist there.

use async_trait::async_trait;
use domain::error::Language;
use domain::ids::{ApiKeyId, InvitationId, RefreshTokenId, RoleAssignmentId, RoleId, TenantId, UserId};
use domain::money::Currency;
use domain::platform::{EmailAddress, Password, PasswordHash};
use domain::text::LocalizedName;
use domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::records::{ApiKey, Invitation, Member, RefreshToken, Role, RoleAssignment, Tenant, User};
use super::views::{
    ApiKeyView, InvitationView, MembershipView, RoleAssignmentView, RoleView, TenantView, UserView,
};
use crate::error::AppResult;
use crate::paging::{ListQuery, Page};
use crate::ports::storage_error::StorageResult;

/// Accounts and their memberships. An account is the same in every tenant, so a lookup by id ignores the tenant.
#[async_trait]
pub trait UserRepository: Send {
    async fn find(&mut self, id: UserId) -> AppResult<Option<User>>;
    async fn insert(&mut self, user: &User) -> AppResult<()>;
    /// Writes every column of a user read in this transaction.
    async fn update(&mut self, user: &User) -> AppResult<()>;
    /// The user as a member of the bound tenant.
    async fn member(&mut self, id: UserId) -> AppResult<Option<Member>>;
    /// The member of the bound tenant, active or not, who has this address.
    async fn member_of_address(&mut self, email: &EmailAddress) -> AppResult<Option<UserId>>;
    /// MUST fail when another member of the tenant has the address.
    async fn insert_membership(&mut self, member: &Member) -> AppResult<()>;
    /// Writes what the tenant keeps of the member; the account stays as it is.
    async fn update_membership(&mut self, member: &Member) -> AppResult<()>;
    /// Every tenant the user belongs to, active or not.
    async fn tenants_of(&mut self, user: UserId) -> AppResult<Vec<TenantId>>;
    /// Members of the bound tenant who can sign in and hold the administrator role without an expiry.
    async fn count_administrators(&mut self) -> AppResult<u64>;
    /// The permissions that the user's unexpired roles in the bound tenant grant at `now`.
    async fn grants_of(&mut self, user: UserId, now: Timestamp) -> AppResult<Vec<String>>;
    /// The permissions granted at `now` to everyone who has the role, together.
    async fn grants_of_holders(&mut self, role: RoleId, now: Timestamp) -> AppResult<Vec<String>>;
}

/// Invitations of the bound tenant.
#[async_trait]
pub trait InvitationRepository: Send {
    async fn find(&mut self, id: InvitationId) -> AppResult<Option<Invitation>>;
    async fn find_by_token(&mut self, token_hash: &[u8; 32]) -> AppResult<Option<Invitation>>;
    /// Whether the address has an invitation that can be accepted at `now`.
    async fn is_invited(&mut self, email: &EmailAddress, now: Timestamp) -> AppResult<bool>;
    /// Invitations that can be accepted at `now`.
    async fn count_usable(&mut self, now: Timestamp) -> AppResult<u64>;
    /// Invitations that can be accepted at `now` and would give the role.
    async fn count_usable_with(&mut self, role: RoleId, now: Timestamp) -> AppResult<u64>;
    async fn insert(&mut self, invitation: &Invitation) -> AppResult<()>;
    /// MUST fail when the invitation is no longer at the version before.
    async fn update(&mut self, invitation: &Invitation) -> AppResult<()>;
}

/// Roles and who has them.
#[async_trait]
pub trait RoleRepository: Send {
    async fn find(&mut self, id: RoleId) -> AppResult<Option<Role>>;
    async fn find_by_code(&mut self, code: &str) -> AppResult<Option<Role>>;
    async fn insert(&mut self, role: &Role) -> AppResult<()>;
    /// Writes name, code and permissions.
    async fn update(&mut self, role: &Role) -> AppResult<()>;
    async fn delete(&mut self, id: RoleId) -> AppResult<()>;
    async fn count_assignments(&mut self, id: RoleId) -> AppResult<u64>;
    /// Resources of other modules that name the role, so that it has to stay.
    async fn used_by(&mut self, id: RoleId) -> AppResult<Vec<&'static str>>;
    async fn assignment(&mut self, id: RoleAssignmentId) -> AppResult<Option<RoleAssignment>>;
    async fn assignment_of(&mut self, user: UserId, role: RoleId) -> AppResult<Option<RoleAssignment>>;
    async fn insert_assignment(&mut self, assignment: &RoleAssignment) -> AppResult<()>;
    async fn delete_assignment(&mut self, id: RoleAssignmentId) -> AppResult<()>;
}

#[async_trait]
pub trait ApiKeyRepository: Send {
    async fn find(&mut self, id: ApiKeyId) -> AppResult<Option<ApiKey>>;
    async fn insert(&mut self, key: &ApiKey) -> AppResult<()>;
    async fn update(&mut self, key: &ApiKey) -> AppResult<()>;
    /// Notes that the key was used now; the version stays.
    async fn mark_used(&mut self, id: ApiKeyId) -> AppResult<()>;
}

/// Refresh tokens, of every tenant.
#[async_trait]
pub trait SessionRepository: Send {
    async fn find(&mut self, token_hash: &[u8; 32]) -> AppResult<Option<RefreshToken>>;
    async fn insert(&mut self, token: &RefreshToken) -> AppResult<()>;
    async fn mark_used(&mut self, id: RefreshTokenId) -> AppResult<()>;
    /// Revokes every token that grew out of one sign-in; answers whether any was still good.
    async fn revoke_family(&mut self, family: Uuid) -> AppResult<bool>;
    /// Revokes the user's sessions: in one tenant, or everywhere.
    async fn revoke_user(&mut self, user: UserId, tenant: Option<TenantId>) -> AppResult<()>;
    /// Counts a refused sign-in that is nobody's.
    async fn count_refusal(&mut self) -> AppResult<()>;
    /// Drops the user's tokens that expired before `moment`.
    async fn forget_expired(&mut self, user: UserId, moment: Timestamp) -> AppResult<()>;
}

/// Tenants; not bound to one.
#[async_trait]
pub trait TenantRepository: Send {
    async fn find(&mut self, id: TenantId) -> AppResult<Option<Tenant>>;
    async fn find_by_code(&mut self, code: &str) -> AppResult<Option<Tenant>>;
    async fn count(&mut self) -> AppResult<u64>;
    async fn insert(&mut self, tenant: &Tenant) -> AppResult<()>;
    async fn update(&mut self, tenant: &Tenant) -> AppResult<()>;
    /// Adds the company currency to the bound tenant.
    async fn insert_currency(&mut self, currency: Currency, name: &LocalizedName) -> AppResult<()>;
    /// A setting of the bound tenant with its version.
    async fn setting(&mut self, key: &str) -> AppResult<Option<(Value, i64)>>;
    async fn save_setting(&mut self, key: &str, value: &Value, version: i64) -> AppResult<()>;
    async fn delete_setting(&mut self, key: &str) -> AppResult<()>;
}

/// The read side. Every method answers for one tenant alone, those about tenants apart.
#[async_trait]
pub trait PlatformQueries: Send + Sync {
    async fn tenants(&self, query: &ListQuery) -> AppResult<Page<TenantView>>;
    async fn tenant(&self, id: TenantId) -> AppResult<Option<TenantView>>;
    async fn users(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<UserView>>;
    async fn user(&self, tenant: TenantId, id: UserId) -> AppResult<Option<UserView>>;
    async fn roles(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<RoleView>>;
    async fn role(&self, tenant: TenantId, id: RoleId) -> AppResult<Option<RoleView>>;
    async fn role_assignments(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<RoleAssignmentView>>;
    async fn role_assignment(
        &self,
        tenant: TenantId,
        id: RoleAssignmentId,
    ) -> AppResult<Option<RoleAssignmentView>>;
    async fn api_keys(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<ApiKeyView>>;
    async fn api_key(&self, tenant: TenantId, id: ApiKeyId) -> AppResult<Option<ApiKeyView>>;
    async fn invitations(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<InvitationView>>;
    async fn invitation(&self, tenant: TenantId, id: InvitationId) -> AppResult<Option<InvitationView>>;
    /// The tenant of the invitation with the token of this SHA-256, and the invitation, whatever its state.
    async fn invitation_by_token(&self, hash: &[u8; 32]) -> AppResult<Option<(TenantId, Invitation)>>;
    /// Every tenant the user belongs to, in the order in which they were entered.
    async fn memberships(&self, user: UserId) -> AppResult<Vec<MembershipView>>;
    /// The settings that were set, with their versions.
    async fn settings(&self, tenant: TenantId) -> AppResult<Vec<(String, Value, i64)>>;
    /// For signing in: the accounts of an address, the oldest first, [`ACCOUNTS_TRIED_MAX`](super::records::ACCOUNTS_TRIED_MAX) at most; with the code or id of
    /// a tenant the one that is a member there.
    async fn credentials(&self, email: &EmailAddress, tenant: Option<&str>) -> AppResult<Vec<User>>;
    async fn credentials_of(&self, user: UserId) -> AppResult<Option<User>>;
    /// The key with this SHA-256 and its tenant, whatever its state.
    async fn api_key_by_hash(&self, hash: &[u8; 32]) -> AppResult<Option<(TenantId, ApiKey)>>;
}

/// Whose turn a hash is. Those who wait are served in turns by source, and of one source by account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Turn {
    pub source: Option<std::net::IpAddr>,
    /// The address that was typed, known or not, or who is signed in.
    pub account: String,
}

/// Hashes passwords with a slow, salted function, a bounded number at a time and in fair turns.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    async fn hash(&self, password: Password, turn: &Turn) -> AppResult<PasswordHash>;
    /// MUST take the same time for `None` as for a hash, so that nobody can tell which addresses exist.
    async fn verify(&self, password: Password, hash: Option<PasswordHash>, turn: &Turn) -> AppResult<bool>;
}

/// The content of an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessGrant {
    pub id: Uuid,
    pub user: UserId,
    pub tenant: TenantId,
    /// [`User::stamp`] when it was issued: another password means another stamp.
    pub stamp: i64,
    /// The sign-in it came from; `None` for an API key's token.
    pub session: Option<Uuid>,
    pub key: Option<ApiKeyId>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Signs and verifies access tokens.
pub trait AccessTokens: Send + Sync {
    fn issue(&self, grant: &AccessGrant) -> AppResult<String>;
    /// MUST answer `unauthenticated` for another signature, algorithm, issuer or audience, and outside its time.
    fn verify(&self, token: &str, now: Timestamp) -> AppResult<AccessGrant>;
}

/// The caller before anyone is signed in: for the audit row and the language of the answer.
#[derive(Debug, Clone)]
pub struct Caller {
    pub request_id: std::sync::Arc<str>,
    pub language: Language,
    /// Their address, or that of the last proxy that is not trusted to say for whom it asks.
    pub source: Option<std::net::IpAddr>,
}

impl Caller {
    /// Their turn to have a password hashed for this account.
    pub fn turn(&self, account: impl ToString) -> Turn {
        Turn { source: self.source, account: account.to_string() }
    }
}

#[async_trait]
pub trait LeaseRepository: Send {
    /// Takes the lease until `expires_at` if at `now` it is the holder's own, has ended or never was; answers whether
    /// the holder has it.
    async fn take_or_renew(
        &mut self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StorageResult<bool>;
    /// Ends the lease at `now`, if it is the holder's and has not ended yet.
    async fn release(&mut self, name: &str, holder: Uuid, now: Timestamp) -> StorageResult<()>;
}

#[async_trait]
pub trait RetentionRepository: Send {
    /// Deletes idempotency rows of every tenant made before `before`, the oldest first, at most `rows_max`; answers how
    /// many.
    async fn purge_idempotency(&mut self, before: Timestamp, rows_max: u32) -> StorageResult<u64>;
}
