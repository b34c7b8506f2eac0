//! Reading single secrets of any vault, and the addresses of vaults and secrets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use application::ports::configuration::{ConfigurationSourceError, SecretText};
use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::http::Url;
use azure_security_keyvault_secrets::models::SecretClientGetSecretOptions;
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};
use thiserror::Error;

use super::identity::AzureIdentity;
use super::problem::{classify, status};
use super::transport::client_options;

/// Vaults that one process reads from.
pub const VAULTS_MAX: usize = 16;

#[derive(Debug, Error, PartialEq, Eq)]
pub enum VaultAddressError {
    #[error("'{0}' is not the address of a vault: write it as https://name.vault.azure.net/")]
    NotAVault(String),
    #[error("'{0}' is not the address of a secret: write it as https://name.vault.azure.net/secrets/secret")]
    NotASecret(String),
}

/// The address of a vault: `https://name.vault.azure.net`, without a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VaultUri(String);

impl VaultUri {
    /// `Services:KeyVault`, `KeyVault:Uri`.
    pub fn parse(text: &str) -> Result<Self, VaultAddressError> {
        let bad = || VaultAddressError::NotAVault(text.to_owned());
        let url: Url = text.trim().parse().map_err(|_| bad())?;
        if url.path() != "/" || url.query().is_some() {
            return Err(bad());
        }
        Self::of(&url).ok_or_else(bad)
    }

    fn of(url: &Url) -> Option<Self> {
        let open = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
        (url.scheme() == "https" && open).then(|| Self(format!("https://{}", url.authority())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A vault on this very machine can only be a stand-in, whose name has no domain to compare with.
    fn is_loopback(&self) -> bool {
        let host = self.0.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
        host.is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()))
    }
}

impl std::fmt::Display for VaultUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of one secret, as a Key Vault reference has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretUri {
    pub vault: VaultUri,
    pub name: String,
    pub version: Option<String>,
}

impl SecretUri {
    pub fn parse(text: &str) -> Result<Self, VaultAddressError> {
        let bad = || VaultAddressError::NotASecret(text.to_owned());
        let url: Url = text.trim().parse().map_err(|_| bad())?;
        let parts: Vec<&str> = url.path().trim_matches('/').split('/').collect();
        let (name, version) = match parts[..] {
            ["secrets", name] => (name, None),
            ["secrets", name, version] => (name, Some(version.to_owned())),
            _ => return Err(bad()),
        };
        let good = |text: &str| {
            !text.is_empty()
                && text.len() <= 127
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if !good(name) || !version.as_deref().is_none_or(good) {
            return Err(bad());
        }
        let vault = VaultUri::of(&url).ok_or_else(bad)?;
        Ok(Self { vault, name: name.to_owned(), version })
    }
}

/// Values by address.
#[async_trait]
pub trait SecretReader: Send + Sync {
    /// The value. `Unavailable` also when there is no such secret: it may come.
    async fn secret(&self, uri: &SecretUri) -> Result<SecretText, ConfigurationSourceError>;
}

/// The vaults the product's identity may read.
pub struct Vaults {
    credential: Arc<dyn TokenCredential>,
    http: reqwest::Client,
    clients: Mutex<HashMap<VaultUri, Arc<SecretClient>>>,
}

impl Vaults {
    pub fn new(identity: &AzureIdentity, http: &reqwest::Client) -> Self {
        Self { credential: identity.credential(), http: http.clone(), clients: Mutex::default() }
    }

    /// The client of a vault, made at the first use. It keeps the vault's challenge, so it must live on.
    pub(super) fn client(&self, vault: &VaultUri) -> Result<Arc<SecretClient>, ConfigurationSourceError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(vault) {
            return Ok(client.clone());
        }
        if clients.len() == VAULTS_MAX {
            let text = format!("{vault}: settings refer to more than {VAULTS_MAX} vaults");
            return Err(ConfigurationSourceError::Malformed(text));
        }
        let options = SecretClientOptions {
            client_options: client_options(&self.http),
            verify_challenge_resource: Some(!vault.is_loopback()),
            ..SecretClientOptions::default()
        };
        let client = SecretClient::new(vault.as_str(), self.credential.clone(), Some(options))
            .map_err(|error| classify(vault.as_str(), &error))?;
        let client = Arc::new(client);
        clients.insert(vault.clone(), client.clone());
        Ok(client)
    }
}

/// The value of a secret; `None` if there is none any more.
pub(super) async fn read(
    client: &SecretClient,
    name: &str,
    version: Option<&str>,
) -> Result<Option<SecretText>, ConfigurationSourceError> {
    let what = format!("the secret '{name}'");
    let options = SecretClientGetSecretOptions {
        secret_version: version.map(str::to_owned),
        ..SecretClientGetSecretOptions::default()
    };
    let secret = match client.get_secret(name, Some(options)).await {
        Ok(response) => response.into_model().map_err(|error| classify(&what, &error))?,
        Err(error) if status(&error) == Some(404) => return Ok(None),
        Err(error) => return Err(classify(&what, &error)),
    };
    match secret.value {
        Some(value) => Ok(Some(SecretText::new(value))),
        None => Err(ConfigurationSourceError::Malformed(format!("{what} has no value"))),
    }
}

#[async_trait]
impl SecretReader for Vaults {
    async fn secret(&self, uri: &SecretUri) -> Result<SecretText, ConfigurationSourceError> {
        let client = self.client(&uri.vault)?;
        let value = read(&client, &uri.name, uri.version.as_deref()).await?;
        value.ok_or_else(|| {
            ConfigurationSourceError::Unavailable(format!("{}: there is no secret '{}'", uri.vault, uri.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_vaults() {
        for good in [
            "https://erp-prod.vault.azure.net/",
            " https://erp-prod.vault.azure.net",
            "https://127.0.0.1:8443/",
        ] {
            assert!(VaultUri::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "erp-prod",
            "http://erp.vault.azure.net/",
            "https://u:p@x.vault.azure.net/",
            "https://x/secrets/a",
        ] {
            assert!(VaultUri::parse(bad).is_err(), "{bad}");
        }
        assert!(VaultUri::parse("https://localhost:1/").unwrap().is_loopback());
        assert!(!VaultUri::parse("https://localhost.example/").unwrap().is_loopback());
    }

    #[test]
    fn addresses_of_secrets() {
        let uri = SecretUri::parse("https://v.vault.azure.net/secrets/db-password/0123").unwrap();
        assert_eq!((uri.vault.as_str(), uri.name.as_str()), ("https://v.vault.azure.net", "db-password"));
        assert_eq!(uri.version.as_deref(), Some("0123"));
        assert_eq!(SecretUri::parse("https://v.vault.azure.net/secrets/a").unwrap().version, None);
        for bad in [
            "https://v.vault.azure.net/keys/a",
            "https://v.vault.azure.net/secrets/a/b/c",
            "https://v.vault.azure.net/secrets/",
            "http://v.vault.azure.net/secrets/a",
            "https://v.vault.azure.net/secrets/a%2F..",
            "x",
        ] {
            assert!(SecretUri::parse(bad).is_err(), "{bad}");
        }
    }
}
