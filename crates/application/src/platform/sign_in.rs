//! Tokens for credentials: the grants of OAuth 2 (RFC 6749) that the product offers.

use std::sync::Arc;

use domain::error::ErrorDef;
use domain::ids::{TenantId, UserId};
use domain::platform::{EmailAddress, Password};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::api_keys::hash_token;
use super::api_keys::hex;
use super::error::{INVALID_CLIENT, INVALID_REFRESH_TOKEN, WRONG_CREDENTIALS};
use super::ports::{AccessGrant, AccessTokens, Caller, PasswordHasher, PlatformQueries};
use super::sessions::{
    NewToken, OpenSession, RecordFailure, RefreshSession, Refreshed, RevokeSession, context_of,
};
use super::views::MembershipView;
use crate::command::{Application, Executed, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};

/// How long tokens live and when an account locks.
#[derive(Debug, Clone, Copy)]
pub struct SignInPolicy {
    pub access_token_seconds: u32,
    pub refresh_token_seconds: u32,
    /// Wrong passwords in a row that lock an account.
    pub failures_max: u32,
    pub lock_seconds: u32,
}

/// Access tokens live 15 minutes unless configured.
pub const ACCESS_TOKEN_SECONDS_DEFAULT: u32 = 15 * 60;
/// Refresh tokens live 14 days unless configured.
pub const REFRESH_TOKEN_SECONDS_DEFAULT: u32 = 14 * 24 * 3600;
/// Wrong passwords in a row that lock an account, unless configured.
pub const FAILURES_MAX_DEFAULT: u32 = 5;
/// A lock lasts 15 minutes unless configured.
pub const LOCK_SECONDS_DEFAULT: u32 = 15 * 60;
/// What every refresh token begins with, so that a leaked one is recognised.
pub const REFRESH_TOKEN_MARK: &str = "ert_";

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            access_token_seconds: ACCESS_TOKEN_SECONDS_DEFAULT,
            refresh_token_seconds: REFRESH_TOKEN_SECONDS_DEFAULT,
            failures_max: FAILURES_MAX_DEFAULT,
            lock_seconds: LOCK_SECONDS_DEFAULT,
        }
    }
}

/// What a grant gives.
#[derive(Clone)]
pub struct Tokens {
    pub access_token: String,
    pub expires_in: u32,
    /// Not for machines: they have their key.
    pub refresh_token: Option<String>,
}

/// What signing in, and changing a password, needs.
#[derive(Clone)]
pub struct SignIn {
    pub app: Application,
    pub queries: Arc<dyn PlatformQueries>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub tokens: Arc<dyn AccessTokens>,
    pub policy: SignInPolicy,
}

impl SignIn {
    /// Grant type `password`. `tenant` is a code or an id; without it the first tenant, by code, that lets the user in.
    ///
    /// Every refusal is the same `wrong_credentials` after the same work, whether the address is unknown, the password
    /// wrong, the account locked or deactivated: nobody learns which addresses exist.
    pub async fn password(
        &self,
        email: &str,
        password: &str,
        tenant: Option<&str>,
        caller: &Caller,
    ) -> AppResult<Tokens> {
        let refused = || AppError::of(&WRONG_CREDENTIALS);
        let user = match EmailAddress::parse(email.trim()) {
            Ok(email) => self.queries.credentials(&email).await?,
            Err(_) => None,
        };
        let attempt = Password::attempt(password).ok_or_else(refused)?;
        let known = user.and_then(|user| user.password_hash.clone().map(|hash| (user, hash)));
        let hash = known.as_ref().map(|(_, hash)| hash.clone());
        let right = self.passwords.verify(attempt, hash).await?;
        let nobody = TenantId::new(Uuid::nil());
        let id = known.as_ref().map_or(UserId::new(Uuid::nil()), |(user, _)| user.id);
        let memberships = self.queries.memberships(id).await?;
        let home = memberships.first().map_or(nobody, |m| TenantId::new(m.tenant_id));
        let (user, verified) = match known {
            Some(known) if right => known,
            known => {
                let blamed = known.map(|(user, _)| user.id);
                RecordFailure::run(&self.app, &self.policy, home, blamed, caller).await?;
                return Err(refused());
            }
        };
        let family = self.app.ids.new_id();
        let (refresh_token, token) = self.new_refresh_token();
        let opened = match choose_tenant(&memberships, tenant) {
            Some(tenant) => {
                let command = OpenSession { user: user.id, verified, family, token };
                let executed = execute(&self.app, &context_of(user.id, tenant, caller), command).await?;
                answer::<bool>(&executed)?.then_some(tenant)
            }
            None => None,
        };
        let Some(tenant) = opened else {
            RecordFailure::run(&self.app, &self.policy, home, None, caller).await?;
            return Err(refused());
        };
        self.tokens(user.id, tenant, user.stamp(), family, refresh_token)
    }

    /// Grant type `refresh_token`: each token once; a second use ends the session.
    pub async fn refresh(&self, refresh_token: &str, caller: &Caller) -> AppResult<Tokens> {
        let (text, next) = self.new_refresh_token();
        let command = RefreshSession { token_hash: hash_token(refresh_token), next };
        match answer(&execute(&self.app, &before_sign_in(caller), command).await?)? {
            Refreshed::Next { tenant, user, family, stamp } => {
                self.tokens(UserId::new(user), TenantId::new(tenant), stamp, family, text)
            }
            Refreshed::Refused => Err(AppError::of(&INVALID_REFRESH_TOKEN)),
        }
    }

    /// Grant type `client_credentials`: the id is the key's prefix or id, the secret the whole key.
    pub async fn client_credentials(&self, client_id: &str, client_secret: &str) -> AppResult<Tokens> {
        let refused = || AppError::of(&INVALID_CLIENT);
        let now = self.app.clock.now();
        let found = self.queries.api_key_by_hash(&hash_token(client_secret)).await?;
        let (tenant, key) = found.filter(|(_, key)| key.is_usable(now)).ok_or_else(refused)?;
        if client_id != key.prefix && client_id != key.id.to_string() {
            return Err(refused());
        }
        let user = self.queries.credentials_of(key.user).await?.ok_or_else(refused)?;
        let member = self.queries.user(tenant, key.user).await?.is_some_and(|view| view.active);
        let open = self.queries.tenant(tenant).await?.is_some_and(|view| view.status == "active");
        if !member || !open {
            return Err(refused());
        }
        let longest = now.plus_seconds(i64::from(self.policy.access_token_seconds));
        let expires_at = key.expires_at.map_or(longest, |expiry| expiry.min(longest));
        let grant = AccessGrant {
            id: self.app.ids.new_id(),
            user: user.id,
            tenant,
            stamp: user.stamp(),
            session: None,
            key: Some(key.id),
            issued_at: now,
            expires_at,
        };
        let seconds = (expires_at.micros() - now.micros()) / 1_000_000;
        Ok(Tokens {
            access_token: self.tokens.issue(&grant)?,
            expires_in: u32::try_from(seconds).unwrap_or_default(),
            refresh_token: None,
        })
    }

    /// RFC 7009: ends the session of a refresh token. What is no refresh token is ignored.
    pub async fn revoke(&self, token: &str, caller: &Caller) -> AppResult<()> {
        let command = RevokeSession { token_hash: hash_token(token) };
        execute(&self.app, &before_sign_in(caller), command).await.map(|_| ())
    }

    fn new_refresh_token(&self) -> (String, NewToken) {
        let text = format!("{REFRESH_TOKEN_MARK}{}", hex(&self.app.ids.secret()));
        let expires_at = self.app.clock.now().plus_seconds(i64::from(self.policy.refresh_token_seconds));
        let token = NewToken { hash: hash_token(&text), expires_at };
        (text, token)
    }

    fn tokens(
        &self,
        user: UserId,
        tenant: TenantId,
        stamp: i64,
        session: Uuid,
        refresh_token: String,
    ) -> AppResult<Tokens> {
        let now = self.app.clock.now();
        let grant = AccessGrant {
            id: self.app.ids.new_id(),
            user,
            tenant,
            stamp,
            session: Some(session),
            key: None,
            issued_at: now,
            expires_at: now.plus_seconds(i64::from(self.policy.access_token_seconds)),
        };
        Ok(Tokens {
            access_token: self.tokens.issue(&grant)?,
            expires_in: self.policy.access_token_seconds,
            refresh_token: Some(refresh_token),
        })
    }
}

/// Of a token whose owner is only known once it is found.
fn before_sign_in(caller: &Caller) -> RequestContext {
    RequestContext::system(TenantId::new(Uuid::nil()), &caller.request_id)
}

/// The tenant asked for by code or id, or the first that is open to the user.
fn choose_tenant(memberships: &[MembershipView], asked: Option<&str>) -> Option<TenantId> {
    let wanted =
        |m: &&MembershipView| asked.is_none_or(|text| m.code == text || m.tenant_id.to_string() == text);
    memberships.iter().filter(|m| m.active).find(wanted).map(|m| TenantId::new(m.tenant_id))
}

fn answer<T: DeserializeOwned>(executed: &Executed) -> AppResult<T> {
    serde_json::from_slice(&executed.body)
        .map_err(|error| AppError::internal(format!("session answer: {error}")))
}

/// The error code of RFC 6749, 5.2, that an error of this module stands for.
pub fn oauth_error(def: &ErrorDef) -> Option<&'static str> {
    match def.code {
        "wrong_credentials" | "invalid_refresh_token" => Some("invalid_grant"),
        "invalid_client" => Some("invalid_client"),
        "invalid_token_request" => Some("invalid_request"),
        "unsupported_grant_type" => Some("unsupported_grant_type"),
        "invalid_scope" => Some("invalid_scope"),
        _ => None,
    }
}
