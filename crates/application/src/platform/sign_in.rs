//! Tokens for credentials: the grants of OAuth 2 (RFC 6749) that the product offers.

use std::sync::Arc;

use domain::error::ErrorDef;
use domain::ids::{TenantId, UserId};
use domain::platform::{EmailAddress, Password, PasswordHash};
use uuid::Uuid;

use super::api_keys::hash_token;
use super::api_keys::hex;
use super::attempts::Attempts;
use super::error::{INVALID_CLIENT, INVALID_REFRESH_TOKEN, WRONG_CREDENTIALS};
use super::ports::{AccessGrant, AccessTokens, Caller, PasswordHasher, PlatformQueries, Turn};
use super::records::User;
use super::sessions::{
    NewToken, OpenSession, RecordFailure, RefreshSession, Refreshed, RevokeSession, context_of,
};
use super::sign_in_policy::SignInPolicy;
use super::views::MembershipView;
use crate::command::{Application, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};

/// The prefix of every refresh token, by which a leaked one is recognised.
pub const REFRESH_TOKEN_MARK: &str = "ert_";

/// The result of a grant.
#[derive(Clone)]
pub struct Tokens {
    pub access_token: String,
    pub expires_in: u32,
    /// Not for machines: they have their key.
    pub refresh_token: Option<String>,
    pub tenant: TenantId,
    /// Where else the account may go; not for machines, whose key is of one tenant.
    pub memberships: Option<Vec<MembershipView>>,
}

/// The parts that signing in, and changing a password, needs.
#[derive(Clone)]
pub struct SignIn {
    pub app: Application,
    pub queries: Arc<dyn PlatformQueries>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub tokens: Arc<dyn AccessTokens>,
    pub policy: SignInPolicy,
    /// Failures that no account counts.
    pub attempts: Arc<Attempts>,
}

impl SignIn {
    /// Grant type `password`. `tenant` is a code or an id; without it the user's default tenant, or the one they entered first.
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
        let accounts = match EmailAddress::parse(email.trim()) {
            Ok(email) => self.queries.credentials(&email, tenant).await?,
            Err(_) => Vec::new(),
        };
        let attempt = Password::attempt(password).ok_or_else(refused)?;
        let typed = email.trim().to_lowercase();
        if self.is_locked(&typed, &accounts) {
            noted(caller, accounts.first(), "too many attempts failed before");
            return Err(refused());
        }
        let verified = self.verified(attempt, &accounts, &caller.turn(&typed)).await?;
        let somebody = verified.as_ref().map(|(user, _)| user).or(accounts.first());
        let nobody = UserId::new(Uuid::nil());
        let memberships = self.queries.memberships(somebody.map_or(nobody, |user| user.id)).await?;
        let home = memberships.iter().find(|m| m.default).or(memberships.first());
        let home = TenantId::new(home.map_or(Uuid::nil(), |m| m.tenant_id));
        let Some((user, verified)) = verified else {
            let blamed = accounts.iter().filter(|user| user.password_hash.is_some()).map(|user| user.id);
            RecordFailure::run(&self.app, &self.policy, home, blamed.collect(), caller).await?;
            if accounts.is_empty() {
                let (now, policy) = (self.app.clock.now(), &self.policy);
                self.attempts.count(&typed, policy.failures_max, i64::from(policy.lock_seconds), now);
            }
            noted(caller, somebody, "the password is wrong or the address unknown");
            return Err(refused());
        };
        let family = self.app.ids.new_id();
        let (refresh_token, token) = self.new_refresh_token();
        let opened = match choose_tenant(&memberships, tenant) {
            Some(tenant) => {
                let command = OpenSession { user: user.id, verified, family, token };
                let executed = execute(&self.app, &context_of(user.id, tenant, caller), command).await?;
                executed.read::<bool>()?.then_some(tenant)
            }
            None => None,
        };
        let Some(tenant) = opened else {
            RecordFailure::run(&self.app, &self.policy, home, Vec::new(), caller).await?;
            noted(caller, Some(&user), "the account is locked or may not enter");
            return Err(refused());
        };
        let tokens = self.tokens(user.id, tenant, user.stamp(), family, refresh_token)?;
        admitted(caller, user.id, tenant, "password");
        Ok(Tokens { memberships: Some(memberships), ..tokens })
    }

    /// Whether no attempt for the address can succeed now, so that it costs no hash. An address that nobody has locks like one
    /// that somebody has.
    fn is_locked(&self, typed: &str, accounts: &[User]) -> bool {
        let now = self.app.clock.now();
        match accounts {
            [] => self.attempts.locked_until(typed, self.policy.failures_max, now).is_some(),
            accounts => accounts.iter().all(|user| user.is_locked(now)),
        }
    }

    /// The account that the password is right for. Without any account to try it costs one hash all the same.
    async fn verified(
        &self,
        attempt: Password,
        accounts: &[User],
        turn: &Turn,
    ) -> AppResult<Option<(User, PasswordHash)>> {
        let mut tried = false;
        for user in accounts {
            let Some(hash) = user.password_hash.clone() else { continue };
            tried = true;
            if self.passwords.verify(attempt.clone(), Some(hash.clone()), turn).await? {
                return Ok(Some((user.clone(), hash)));
            }
        }
        if !tried {
            self.passwords.verify(attempt, None, turn).await?;
        }
        Ok(None)
    }

    /// Checks a password that somebody chooses against the policy, which knows the person and the company.
    pub async fn choose_password(
        &self,
        text: &str,
        (email, name): (&EmailAddress, &str),
        tenant: TenantId,
        pointer: &str,
    ) -> AppResult<Password> {
        let company = self.queries.tenant(tenant).await?;
        let names = company.map(|view| (view.code, view.name.ar, view.name.en));
        let mut words = vec![name.to_owned()];
        if let Some((code, ar, en)) = names {
            words.extend([Some(code), ar, en].into_iter().flatten());
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Password::choose(text, email, &words).map_err(|violation| AppError::new(violation.at(pointer)))
    }

    /// Grant type `refresh_token`: each token once; a second use ends the session. With the code or id of another tenant of
    /// the account the session goes on there.
    pub async fn refresh(
        &self,
        refresh_token: &str,
        tenant: Option<&str>,
        caller: &Caller,
    ) -> AppResult<Tokens> {
        let (text, next) = self.new_refresh_token();
        let tenant = tenant.map(str::to_owned);
        let command = RefreshSession { token_hash: hash_token(refresh_token), next, tenant };
        match execute(&self.app, &before_sign_in(caller), command).await?.read()? {
            Refreshed::Next { tenant, user, family, stamp } => {
                self.tokens(UserId::new(user), TenantId::new(tenant), stamp, family, text)
            }
            Refreshed::Refused => {
                noted(caller, None, "the refresh token is not good any more");
                Err(AppError::of(&INVALID_REFRESH_TOKEN))
            }
        }
    }

    /// Grant type `client_credentials`: the id is the key's prefix or id, the secret the whole key.
    pub async fn client_credentials(
        &self,
        client_id: &str,
        client_secret: &str,
        caller: &Caller,
    ) -> AppResult<Tokens> {
        let refused = || {
            noted(caller, None, "the API key is not good");
            AppError::of(&INVALID_CLIENT)
        };
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
        admitted(caller, user.id, tenant, "API key");
        Ok(Tokens {
            access_token: self.tokens.issue(&grant)?,
            expires_in: u32::try_from(seconds).unwrap_or_default(),
            refresh_token: None,
            tenant,
            memberships: None,
        })
    }

    /// RFC 7009: ends the session of a refresh token. Any other text is ignored.
    pub async fn revoke(&self, token: &str, caller: &Caller) -> AppResult<()> {
        let command = RevokeSession { token_hash: hash_token(token) };
        execute(&self.app, &before_sign_in(caller), command).await.map(|_| ())
    }

    fn new_refresh_token(&self) -> (String, NewToken) {
        let text = format!("{REFRESH_TOKEN_MARK}{}", hex(&self.app.ids.secret()));
        let expires_at = self.app.clock.now().plus_seconds(i64::from(self.policy.refresh_token_seconds));
        let session_seconds_max = self.policy.session_seconds_max;
        let token = NewToken { hash: hash_token(&text), expires_at, session_seconds_max };
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
            tenant,
            memberships: None,
        })
    }
}

/// The context of a token whose owner is known only once the token is found.
fn before_sign_in(caller: &Caller) -> RequestContext {
    RequestContext::system(TenantId::new(Uuid::nil()), &caller.request_id)
}

/// The tenant asked for by code or id, or the default one, if it is open to the user.
fn choose_tenant(memberships: &[MembershipView], asked: Option<&str>) -> Option<TenantId> {
    let chosen = |m: &&MembershipView| match asked {
        Some(text) => m.code == text || m.tenant_id.to_string() == text,
        None => m.default,
    };
    memberships.iter().filter(|m| m.active).find(chosen).map(|m| TenantId::new(m.tenant_id))
}

/// The source of lines that no level hides.
const AUDIT: &str = "erp::audit";

fn admitted(caller: &Caller, user: UserId, tenant: TenantId, by: &'static str) {
    let source = caller.source.map_or_else(|| "unknown".to_owned(), |source| source.to_string());
    tracing::info!(target: AUDIT, source, %user, %tenant, request = %caller.request_id, "Signed in by {by}");
}

/// A refused sign-in, for whoever looks for an attacker: whose account and from where, never what was typed.
fn noted(caller: &Caller, account: Option<&User>, reason: &'static str) {
    let source = caller.source.map_or_else(|| "unknown".to_owned(), |source| source.to_string());
    let user = account.map_or_else(|| "none".to_owned(), |user| user.id.to_string());
    tracing::info!(target: AUDIT, source, user, request = %caller.request_id, "A sign-in was refused: {reason}");
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
