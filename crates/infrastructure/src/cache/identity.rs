//! The process's own identity at Azure's Redis, for strings without a password (row B8): its tokens as user and password.

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::connection_string::{Password, RedisCredential, RedisCredentials};
use crate::secrets::identity::TokenSource;

/// The scope of Redis' tokens.
const SCOPE: &str = "https://redis.azure.com/.default";

/// Asked at each connection and again before its token ends; the source keeps the token.
pub struct IdentityCredentials {
    tokens: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    /// The name of the access policy's user where it is not the identity's object id.
    user: Option<String>,
}

impl IdentityCredentials {
    pub fn new(tokens: Arc<dyn TokenSource>, clock: Arc<dyn Clock>, user: Option<String>) -> Self {
        Self { tokens, clock, user }
    }
}

#[async_trait]
impl RedisCredentials for IdentityCredentials {
    async fn current(&self) -> Result<RedisCredential, String> {
        let token = self.tokens.expiring_token(SCOPE).await.map_err(|error| error.to_string())?;
        let text = token.token.expose();
        let user = self.user.clone().or_else(|| object_id(text));
        let user = user.ok_or("the token of the identity names no object id")?;
        let left = token.expires_at.micros().saturating_sub(self.clock.now().micros());
        let valid_for = Duration::from_micros(u64::try_from(left).unwrap_or_default());
        Ok(RedisCredential { user, password: Password::new(text), valid_for })
    }
}

/// Claim `oid` of an access token: whom Redis knows the identity as. Redis verifies the token, not we.
fn object_id(token: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    Some(claims.get("oid")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use application::ports::configuration::SecretText;
    use domain::time::Timestamp;

    use super::*;
    use crate::secrets::identity::{ExpiringToken, IdentityError};

    struct At(i64);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0)
        }
    }

    struct Source(String);

    #[async_trait]
    impl TokenSource for Source {
        async fn expiring_token(&self, scope: &str) -> Result<ExpiringToken, IdentityError> {
            assert_eq!(scope, SCOPE);
            let expires_at = Timestamp::from_micros(90_000_000);
            Ok(ExpiringToken { token: SecretText::new(&self.0), expires_at })
        }
    }

    /// Proves: B8, X06.
    #[tokio::test]
    async fn the_identity_is_known_by_its_object_id() {
        let token = |claims: &str| format!("e30.{}.signature", URL_SAFE_NO_PAD.encode(claims));
        let of = async |token: String, user: Option<&str>, now: i64| {
            let user = user.map(str::to_owned);
            IdentityCredentials::new(Arc::new(Source(token)), Arc::new(At(now)), user).current().await
        };
        let good = token(r#"{"oid":"0a1b","aud":"https://redis.azure.com"}"#);
        let credential = of(good.clone(), None, 30_000_000).await.unwrap();
        assert_eq!((credential.user.as_str(), credential.password.expose()), ("0a1b", good.as_str()));
        assert_eq!(credential.valid_for, Duration::from_secs(60));
        assert_eq!(of(good.clone(), Some("erp"), 0).await.unwrap().user, "erp");
        assert_eq!(of(good, None, 99_000_000).await.unwrap().valid_for, Duration::ZERO);
        for bad in ["", "a", "a.b.c", &token("{}"), &token("[1]")] {
            let why = of(bad.to_owned(), None, 0).await.unwrap_err();
            assert!(why.contains("object id"), "{why}");
        }
    }
}
