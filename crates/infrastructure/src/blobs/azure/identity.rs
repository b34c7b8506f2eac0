//! The process's own identity, for connection strings without a secret: the tokens of [`crate::secrets::identity`] as a
//! credential of the store.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use object_store::CredentialProvider;
use object_store::azure::AzureCredential;

use crate::secrets::identity::{IdentityError, TokenSource};

/// The scope of the store's tokens.
const SCOPE: &str = "https://storage.azure.com/.default";
/// As the store's own errors name it.
const STORE: &str = "MicrosoftAzure";

/// Asked for every request; the source keeps the token.
pub struct IdentityCredential(pub Arc<dyn TokenSource>);

impl fmt::Debug for IdentityCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityCredential")
    }
}

#[async_trait]
impl CredentialProvider for IdentityCredential {
    type Credential = AzureCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AzureCredential>> {
        match self.0.token(SCOPE).await {
            Ok(token) => Ok(Arc::new(AzureCredential::BearerToken(token.expose().to_owned()))),
            Err(error @ (IdentityError::Unavailable(_) | IdentityError::Absent(_))) => {
                Err(object_store::Error::Generic { store: STORE, source: Box::new(error) })
            }
            Err(error) => {
                Err(object_store::Error::Unauthenticated { path: String::new(), source: Box::new(error) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use application::ports::configuration::SecretText;
    use domain::time::Timestamp;

    use super::*;
    use crate::secrets::identity::ExpiringToken;

    /// Gives a token for the store, and says that it is away for anything else.
    struct Source(Option<&'static str>);

    #[async_trait]
    impl TokenSource for Source {
        async fn expiring_token(&self, scope: &str) -> Result<ExpiringToken, IdentityError> {
            assert_eq!(scope, SCOPE);
            let token = self.0.ok_or_else(|| IdentityError::Unavailable("nobody answers".to_owned()))?;
            Ok(ExpiringToken { token: SecretText::new(token), expires_at: Timestamp::from_micros(0) })
        }
    }

    /// Proves: A8, B9, X06.
    #[tokio::test]
    async fn tokens_of_the_identity_open_the_store() {
        let of = |token| IdentityCredential(Arc::new(Source(token)));
        let credential = of(Some("t")).get_credential().await.unwrap();
        assert_eq!(*credential, AzureCredential::BearerToken("t".to_owned()));
        let away = of(None).get_credential().await.unwrap_err();
        assert!(matches!(away, object_store::Error::Generic { .. }), "{away}");
    }
}
