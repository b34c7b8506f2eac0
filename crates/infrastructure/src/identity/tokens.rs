//! Access tokens: JWT signed with HS256, nothing else accepted.

use std::sync::{Arc, PoisonError, RwLock};

use application::error::{AppError, AppResult, UNAUTHENTICATED};
use application::platform::ports::{AccessGrant, AccessTokens};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{ApiKeyId, TenantId, UserId};
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{KEYS_MAX, KeyError, SigningKey};

/// Clocks of two servers may differ by as many seconds.
pub const LEEWAY_SECONDS: i64 = 5;
/// Longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 8_192;

/// Claims of RFC 7519, the tenant, and what makes a token die before its time.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    tenant_id: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// The time at which the password was set, in microseconds.
    pwd: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<Uuid>,
}

/// A key that verifies.
#[derive(Clone)]
struct Accepted {
    id: String,
    key: DecodingKey,
    /// The time at which the last token of a key that no longer signs has ended.
    until: Option<Timestamp>,
}

struct Keys {
    signing: (String, EncodingKey),
    accepted: Vec<Accepted>,
}

impl Keys {
    fn new(keys: &[SigningKey]) -> Result<Self, KeyError> {
        let first = keys.first().filter(|_| keys.len() <= KEYS_MAX).ok_or(KeyError::Number)?;
        let mut accepted: Vec<Accepted> = Vec::with_capacity(keys.len());
        for key in keys {
            if accepted.iter().any(|other| other.id == key.id()) {
                return Err(KeyError::Repeated(key.id().to_owned()));
            }
            let decoding = DecodingKey::from_secret(key.secret());
            accepted.push(Accepted { id: key.id().to_owned(), key: decoding, until: None });
        }
        let signing = (first.id().to_owned(), EncodingKey::from_secret(first.secret()));
        Ok(Self { signing, accepted })
    }
}

/// Signs with the first key, accepts all (K9).
pub struct JwtTokens {
    issuer: String,
    audience: String,
    keys: RwLock<Arc<Keys>>,
    validation: Validation,
}

impl JwtTokens {
    pub fn new(issuer: &str, audience: &str, keys: &[SigningKey]) -> Result<Self, KeyError> {
        let keys = Keys::new(keys)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The library would read the machine's clock; `verify` is given the time.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            keys: RwLock::new(Arc::new(keys)),
            validation,
        })
    }

    /// Other keys from now on. The key that signed until now still verifies for `token_life_seconds`, so that no token
    /// it signed is refused before its time; any other key that is not among `keys` counts no longer.
    pub fn rotate(
        &self,
        keys: &[SigningKey],
        now: Timestamp,
        token_life_seconds: u32,
    ) -> Result<(), KeyError> {
        let mut next = Keys::new(keys)?;
        let old = self.keys();
        let grace = (i64::from(token_life_seconds) + LEEWAY_SECONDS) * 1_000_000;
        let until = Timestamp::from_micros(now.micros().saturating_add(grace));
        let mut retired = Vec::new();
        for key in &old.accepted {
            let gone = next.accepted.iter().all(|accepted| accepted.id != key.id);
            let until = if key.id == old.signing.0 { Some(until) } else { key.until };
            if let Some(until) = until.filter(|until| gone && *until > now) {
                retired.push(Accepted { until: Some(until), ..key.clone() });
            }
        }
        // The latest to end are kept where there are more than may be.
        retired.sort_by_key(|key| std::cmp::Reverse(key.until));
        next.accepted.extend(retired.into_iter().take(KEYS_MAX - keys.len()));
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AccessTokens for JwtTokens {
    fn issue(&self, grant: &AccessGrant) -> AppResult<String> {
        let issued = grant.issued_at.micros().div_euclid(1_000_000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: grant.user.uuid(),
            tenant_id: grant.tenant.uuid(),
            jti: grant.id,
            iat: issued,
            nbf: issued,
            exp: grant.expires_at.micros().div_euclid(1_000_000),
            pwd: grant.stamp,
            sid: grant.session,
            key_id: grant.key.map(ApiKeyId::uuid),
        };
        let mut header = Header::new(Algorithm::HS256);
        let keys = self.keys();
        header.kid = Some(keys.signing.0.clone());
        encode(&header, &claims, &keys.signing.1)
            .map_err(|error| AppError::internal(format!("signing a token: {error}")))
    }

    fn verify(&self, token: &str, now: Timestamp) -> AppResult<AccessGrant> {
        let refused = |why: String| AppError { internal: Some(why), ..AppError::of(&UNAUTHENTICATED) };
        if token.len() > TOKEN_BYTES_MAX {
            return Err(refused("token is too long".to_owned()));
        }
        let header = decode_header(token).map_err(|error| refused(error.to_string()))?;
        if demands_an_extension(token) {
            return Err(refused("token with critical extensions, none of which is known".to_owned()));
        }
        let kid = header.kid.ok_or_else(|| refused("token without kid".to_owned()))?;
        let keys = self.keys();
        let counts = |key: &&Accepted| key.id == kid && key.until.is_none_or(|until| now < until);
        let found = keys.accepted.iter().find(counts);
        let key = found.ok_or_else(|| refused("token of an unknown key".to_owned()))?;
        let claims: Claims =
            decode(token, &key.key, &self.validation).map_err(|error| refused(error.to_string()))?.claims;
        let seconds = now.micros().div_euclid(1_000_000);
        if seconds >= claims.exp || seconds + LEEWAY_SECONDS < claims.nbf {
            return Err(refused("token outside its time".to_owned()));
        }
        Ok(AccessGrant {
            id: claims.jti,
            user: UserId::new(claims.sub),
            tenant: TenantId::new(claims.tenant_id),
            stamp: claims.pwd,
            session: claims.sid,
            key: claims.key_id.map(ApiKeyId::new),
            issued_at: Timestamp::from_micros(claims.iat.saturating_mul(1_000_000)),
            expires_at: Timestamp::from_micros(claims.exp.saturating_mul(1_000_000)),
        })
    }
}

/// Whether the header has `crit`: whoever does not know the extensions it names must refuse the token (RFC 7515, 4.1.11).
pub(super) fn demands_an_extension(token: &str) -> bool {
    let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
    let header = header.and_then(|header| serde_json::from_slice::<serde_json::Value>(&header).ok());
    header.is_none_or(|header| header.get("crit").is_some())
}

#[cfg(test)]
mod tests;
