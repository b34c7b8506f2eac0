//! Access tokens: JWT signed with HS256, nothing else accepted.

use application::error::{AppError, AppResult, UNAUTHENTICATED};
use application::platform::ports::{AccessGrant, AccessTokens};
use domain::ids::{ApiKeyId, TenantId, UserId};
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{KEYS_MAX, KeyError, SigningKey};

/// Clocks of two servers may differ by as many seconds.
pub const LEEWAY_SECONDS: i64 = 5;
/// Longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4_096;

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
    /// When the password was set, in microseconds.
    pwd: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<Uuid>,
}

/// Signs with the first key, accepts all.
pub struct JwtTokens {
    issuer: String,
    audience: String,
    signing: (String, EncodingKey),
    accepted: Vec<(String, DecodingKey)>,
    validation: Validation,
}

impl JwtTokens {
    pub fn new(issuer: &str, audience: &str, keys: &[SigningKey]) -> Result<Self, KeyError> {
        let first = keys.first().filter(|_| keys.len() <= KEYS_MAX).ok_or(KeyError::Number)?;
        let mut accepted: Vec<(String, DecodingKey)> = Vec::with_capacity(keys.len());
        for key in keys {
            if accepted.iter().any(|(id, _)| id == key.id()) {
                return Err(KeyError::Repeated(key.id().to_owned()));
            }
            accepted.push((key.id().to_owned(), DecodingKey::from_secret(key.secret())));
        }
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
            signing: (first.id().to_owned(), EncodingKey::from_secret(first.secret())),
            accepted,
            validation,
        })
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
        header.kid = Some(self.signing.0.clone());
        encode(&header, &claims, &self.signing.1)
            .map_err(|error| AppError::internal(format!("signing a token: {error}")))
    }

    fn verify(&self, token: &str, now: Timestamp) -> AppResult<AccessGrant> {
        let refused = |why: String| AppError { internal: Some(why), ..AppError::of(&UNAUTHENTICATED) };
        if token.len() > TOKEN_BYTES_MAX {
            return Err(refused("token is too long".to_owned()));
        }
        let header = decode_header(token).map_err(|error| refused(error.to_string()))?;
        let kid = header.kid.ok_or_else(|| refused("token without kid".to_owned()))?;
        let key = self.accepted.iter().find(|(id, _)| *id == kid).map(|(_, key)| key);
        let key = key.ok_or_else(|| refused("token of an unknown key".to_owned()))?;
        let claims: Claims =
            decode(token, key, &self.validation).map_err(|error| refused(error.to_string()))?.claims;
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

#[cfg(test)]
mod tests;
