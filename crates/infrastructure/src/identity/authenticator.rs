//! The identity behind a credential, found in microseconds when it was seen a moment ago.
//!
//! A verified credential is kept for less than a second, together with the cached rights it was derived from. It counts
//! only while those rights are still the cached ones: a write makes them stale, and with them every credential of theirs.

use std::sync::Arc;
use std::time::Duration;

use application::context::Actor;
use application::error::{AppError, AppResult, UNAUTHENTICATED};
use application::permission_set::PermissionSet;
use application::platform::api_keys::hash_token;
use application::platform::identity::{Authenticator, Credential, Identity};
use application::platform::ports::{AccessTokens, PlatformQueries};
use application::ports::cache::{Cache, CacheKey, Cached, CachedEntity};
use application::ports::clock::Clock;
use application::ports::database::{Database, Outcome, Work};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use bytes::Bytes;
use domain::error::Violation;
use domain::ids::{ApiKeyId, TenantId, UserId};
use domain::platform::EmailAddress;
use domain::time::Timestamp;
use domain::time_zone::TimeZone;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::oidc::{ExternalGrant, OidcIssuers};
use super::tokens::TOKEN_BYTES_MAX;
use crate::persistence::platform::{AccessQueries, KeyAccess, UserAccess};

/// How long a verified credential is believed without looking again.
pub const VERIFIED_FOR: Duration = Duration::from_millis(900);
/// Credentials kept verified.
pub const VERIFIED_MAX: u64 = 20_000;
/// How exactly the last use of a key is kept.
pub const KEY_USE_PRECISION: Duration = Duration::from_secs(3600);

struct Verified {
    identity: Identity,
    /// The credential, a role or a key ends then.
    expires_at: i64,
    /// The cached rights it was derived from, as they were.
    sources: Vec<(CacheKey, Bytes)>,
}

/// How a credential was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Bearer,
    ApiKey,
}

/// The parts that the authenticator needs.
pub struct Sources {
    pub tokens: Arc<dyn AccessTokens>,
    /// Other issuers whose tokens count.
    pub oidc: Arc<OidcIssuers>,
    pub queries: Arc<dyn PlatformQueries>,
    pub access: Arc<dyn AccessQueries>,
    pub database: Arc<dyn Database>,
    pub cache: Arc<dyn Cache>,
    pub clock: Arc<dyn Clock>,
}

/// Verifies JWTs and API keys against SQL through the cache.
pub struct CachedAuthenticator {
    from: Sources,
    /// By the kind of the credential and its hash: a token is no API key because it was just seen as a token.
    verified: moka::sync::Cache<(Kind, [u8; 32]), Arc<Verified>>,
    used: moka::sync::Cache<ApiKeyId, ()>,
}

#[async_trait]
impl Authenticator for CachedAuthenticator {
    async fn authenticate(&self, credential: &Credential) -> AppResult<Identity> {
        let (Credential::Bearer(text) | Credential::ApiKey(text)) = credential;
        if text.len() > TOKEN_BYTES_MAX {
            return Err(refused("credential is too long"));
        }
        let hash = hash_token(text);
        let kind = match credential {
            Credential::Bearer(_) => Kind::Bearer,
            Credential::ApiKey(_) => Kind::ApiKey,
        };
        let now = self.from.clock.now();
        if let Some(verified) = self.verified.get(&(kind, hash)).filter(|v| self.still_holds(v, now)) {
            return Ok(verified.identity.clone());
        }
        let mut found = Finding { from: &self.from, now, expires_at: i64::MAX, sources: Vec::new() };
        let identity = match credential {
            Credential::Bearer(token) => found.bearer(token).await?,
            Credential::ApiKey(_) => found.api_key(&hash).await?,
        };
        if let Actor::ApiKey(key, _) = identity.actor {
            self.note_use(identity.tenant, key);
        }
        let (expires_at, sources) = (found.expires_at, found.sources);
        let verified = Verified { identity: identity.clone(), expires_at, sources };
        self.verified.insert((kind, hash), Arc::new(verified));
        Ok(identity)
    }
}

impl CachedAuthenticator {
    pub fn new(from: Sources) -> Self {
        let verified =
            moka::sync::Cache::builder().max_capacity(VERIFIED_MAX).time_to_live(VERIFIED_FOR).build();
        let used =
            moka::sync::Cache::builder().max_capacity(VERIFIED_MAX).time_to_live(KEY_USE_PRECISION).build();
        Self { from, verified, used }
    }

    fn still_holds(&self, verified: &Verified, now: Timestamp) -> bool {
        let same = |(key, body): &(CacheKey, Bytes)| {
            self.from.cache.peek(key).is_some_and(|cached| {
                cached.body.as_ptr() == body.as_ptr() && cached.body.len() == body.len()
            })
        };
        now.micros() < verified.expires_at && verified.sources.iter().all(same)
    }

    /// Writes the moment of use, once an hour and never in the way of the request.
    fn note_use(&self, tenant: TenantId, key: ApiKeyId) {
        if self.used.contains_key(&key) {
            return;
        }
        self.used.insert(key, ());
        let database = self.from.database.clone();
        tokio::spawn(async move {
            if let Err(error) = database.write(Arc::new(KeyUsed { tenant, key })).await {
                tracing::debug!(%key, %error, "The use of an API key was not noted");
            }
        });
    }
}

struct KeyUsed {
    tenant: TenantId,
    key: ApiKeyId,
}

#[async_trait]
impl Work for KeyUsed {
    fn tenant(&self) -> TenantId {
        self.tenant
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        uow.api_keys().mark_used(self.key).await?;
        Ok(Outcome::Commit)
    }
}

fn refused(why: &str) -> AppError {
    AppError { internal: Some(why.to_owned()), ..AppError::of(&UNAUTHENTICATED) }
}

fn time_zone(user: &UserAccess) -> AppResult<TimeZone> {
    let wrong = |violation: Violation| AppError::internal(format!("cached rights: {}", violation.def.code));
    TimeZone::parse(&user.time_zone).map_err(wrong)
}

/// A verification in progress: it collects the facts that the answer depends on.
struct Finding<'a> {
    from: &'a Sources,
    now: Timestamp,
    expires_at: i64,
    sources: Vec<(CacheKey, Bytes)>,
}

impl Finding<'_> {
    async fn bearer(&mut self, token: &str) -> AppResult<Identity> {
        if let Some(external) = self.from.oidc.verify(token, self.now).await {
            return self.external(external?).await;
        }
        let grant = self.from.tokens.verify(token, self.now)?;
        self.until(Some(grant.expires_at.micros()));
        if let Some(session) = grant.session
            && self.session_revoked(grant.tenant, session).await?
        {
            return Err(refused("session is revoked"));
        }
        let user = self.user(grant.tenant, grant.user).await?;
        if user.stamp != grant.stamp {
            return Err(refused("password was changed"));
        }
        match grant.key {
            Some(key) => self.key_identity(grant.tenant, key, grant.user, &user).await,
            None => Ok(Identity {
                actor: Actor::User(grant.user),
                tenant: grant.tenant,
                time_zone: time_zone(&user)?,
                permissions: Arc::new(self.rights(&user)),
                platform_admin: user.platform_admin,
            }),
        }
    }

    /// Somebody another issuer vouches for: a user of the tenant, who never runs the platform.
    async fn external(&mut self, grant: ExternalGrant) -> AppResult<Identity> {
        self.until(Some(grant.expires_at.micros()));
        let (tenant, user) = self.named(&grant).await?;
        let access = self.user(tenant, user).await?;
        let permissions = match &grant.roles {
            None => self.rights(&access),
            Some(roles) => self.rights_of(tenant, roles).await?,
        };
        Ok(Identity {
            actor: Actor::User(user),
            tenant,
            time_zone: time_zone(&access)?,
            permissions: Arc::new(permissions),
            platform_admin: false,
        })
    }

    async fn named(&self, grant: &ExternalGrant) -> AppResult<(TenantId, UserId)> {
        let unknown = || refused("the issuer's user is not one of the tenant");
        let queries = &self.from.queries;
        let found = match grant.user.parse::<Uuid>() {
            Ok(id) => queries.credentials_of(UserId::new(id)).await?,
            Err(_) => {
                let email = EmailAddress::parse(&grant.user).map_err(|_| unknown())?;
                queries.credentials(&email, Some(&grant.tenant)).await?.into_iter().next()
            }
        };
        let user = found.ok_or_else(unknown)?.id;
        let tenants = queries.memberships(user).await?;
        let entered =
            tenants.iter().find(|m| m.code == grant.tenant || m.tenant_id.to_string() == grant.tenant);
        Ok((TenantId::new(entered.ok_or_else(unknown)?.tenant_id), user))
    }

    async fn rights_of(&mut self, tenant: TenantId, roles: &[String]) -> AppResult<PermissionSet> {
        let mut grants = Vec::new();
        for code in roles {
            let (queries, wanted) = (self.from.access.clone(), code.clone());
            let load = Box::pin(async move { queries.role_access(tenant, &wanted).await.map(Some) });
            let place = CacheKey::name(tenant, CachedEntity::Access, format!("role:{code}"));
            let granted: Option<Vec<String>> = self.cached(place, load).await?;
            grants.extend(granted.unwrap_or_default());
        }
        Ok(PermissionSet::from_grants(&grants))
    }

    async fn api_key(&mut self, hash: &[u8; 32]) -> AppResult<Identity> {
        let found = self.from.queries.api_key_by_hash(hash).await?;
        let (tenant, key) = found.ok_or_else(|| refused("unknown API key"))?;
        let user = self.user(tenant, key.user).await?;
        self.key_identity(tenant, key.id, key.user, &user).await
    }

    /// A key never runs the platform, whoever made it.
    async fn key_identity(
        &mut self,
        tenant: TenantId,
        key: ApiKeyId,
        user: UserId,
        owner: &UserAccess,
    ) -> AppResult<Identity> {
        let queries = self.from.access.clone();
        let load = Box::pin(async move { queries.key_access(tenant, key).await });
        let place = CacheKey::name(tenant, CachedEntity::Access, format!("key:{key}"));
        let access: Option<KeyAccess> = self.cached(place, load).await?;
        let access = access.filter(|access| !access.revoked && access.user == user.uuid());
        let access = access.ok_or_else(|| refused("API key is revoked"))?;
        if access.expires_at.is_some_and(|expiry| expiry <= self.now.micros()) {
            return Err(refused("API key has expired"));
        }
        self.until(access.expires_at);
        let scopes = PermissionSet::from_grants(&access.scopes);
        Ok(Identity {
            actor: Actor::ApiKey(key, user),
            tenant,
            time_zone: time_zone(owner)?,
            permissions: Arc::new(scopes.intersect(&self.rights(owner))),
            platform_admin: false,
        })
    }

    async fn user(&mut self, tenant: TenantId, user: UserId) -> AppResult<UserAccess> {
        let queries = self.from.access.clone();
        let load = Box::pin(async move { queries.user_access(tenant, user).await });
        let access: Option<UserAccess> = self.cached(CacheKey::permissions(tenant, user), load).await?;
        access.filter(|access| access.active).ok_or_else(|| refused("user may not enter the tenant"))
    }

    async fn session_revoked(&mut self, tenant: TenantId, session: Uuid) -> AppResult<bool> {
        let queries = self.from.access.clone();
        let load = Box::pin(async move { queries.session_revoked(session).await.map(Some) });
        let place = CacheKey::name(tenant, CachedEntity::Access, format!("session:{session}"));
        Ok(self.cached(place, load).await?.unwrap_or(true))
    }

    /// The grants that count now; the first of them to end bounds the answer.
    fn rights(&mut self, user: &UserAccess) -> PermissionSet {
        let now = self.now.micros();
        let current = user.grants.iter().filter(|(_, expiry)| expiry.is_none_or(|expiry| expiry > now));
        let mut grants = Vec::new();
        for (permission, expiry) in current {
            grants.push(permission);
            self.until(*expiry);
        }
        PermissionSet::from_grants(grants)
    }

    fn until(&mut self, moment: Option<i64>) {
        self.expires_at = self.expires_at.min(moment.unwrap_or(i64::MAX));
    }

    /// Reads through the cache and remembers what was read.
    async fn cached<T: Serialize + DeserializeOwned + 'static>(
        &mut self,
        key: CacheKey,
        load: BoxFuture<'static, AppResult<Option<T>>>,
    ) -> AppResult<Option<T>> {
        let unreadable = |error: serde_json::Error| AppError::internal(format!("cached rights: {error}"));
        let load = Box::new(move || -> BoxFuture<'static, AppResult<Option<Cached>>> {
            Box::pin(async move {
                let Some(value) = load.await? else { return Ok(None) };
                let body = serde_json::to_vec(&value).map_err(unreadable)?;
                Ok(Some(Cached { body: body.into(), version: None }))
            })
        });
        let loaded = self.from.cache.get_or_load(key.clone(), load).await?;
        let Some(cached) = loaded else { return Ok(None) };
        let value = serde_json::from_slice(&cached.body).map_err(unreadable)?;
        self.sources.push((key, cached.body));
        Ok(Some(value))
    }
}
