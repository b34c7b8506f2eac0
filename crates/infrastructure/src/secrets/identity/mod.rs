//! The product's identity in Azure (K7): workload identity when the pod has one, else managed identity, and on a
//! developer's machine the developer's own sign-in. It is decided here and nowhere else.

mod chain;
mod federated_token;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use application::ports::configuration::SecretText;
use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::TokenCredential;
use azure_core::http::ClientOptions;
use azure_identity::{
    ClientAssertionCredential, ClientAssertionCredentialOptions, DeveloperToolsCredential,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};
use domain::time::Timestamp;
use thiserror::Error;

use self::chain::{Chain, Link};
use self::federated_token::FederatedTokenFile;
use super::problem::{chain as explained, status};
use super::transport::client_options;

/// How long a token may take, retries included.
pub const TOKEN_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a machine may take to say that it has no managed identity, before a developer's sign-in is tried.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
const PUBLIC_AUTHORITY: &str = "https://login.microsoftonline.com";

/// A token and its end. `Debug` shows no token.
#[derive(Debug, Clone)]
pub struct ExpiringToken {
    pub token: SecretText,
    pub expires_at: Timestamp,
}

/// Access tokens for a service: SQL Server, Redis, Blob Storage, the vault.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token for the scope (`https://database.windows.net/.default`) that is good for some minutes at least. Tokens
    /// are kept; ask every time one is needed.
    async fn expiring_token(&self, scope: &str) -> Result<ExpiringToken, IdentityError>;

    /// The token alone.
    async fn token(&self, scope: &str) -> Result<SecretText, IdentityError> {
        Ok(self.expiring_token(scope).await?.token)
    }
}

/// Why there is no token. The text names the credential and the sources of the error, never a token.
#[derive(Debug, Error)]
pub enum IdentityError {
    #[error("the Azure identity is not configured: {0}")]
    Misconfigured(String),
    #[error("no token from Azure: {0}")]
    Unavailable(String),
    #[error("Azure refuses a token: {0}")]
    Denied(String),
    /// Nothing says that there is an identity, and the machine has none either.
    #[error("this machine has no Azure identity: {0}")]
    Absent(String),
}

/// The facts that decide the credential.
#[derive(Debug, Clone, Default)]
pub struct IdentityOptions {
    /// `AZURE_FEDERATED_TOKEN_FILE`: the pod's token, renewed in place by the cluster.
    pub federated_token_file: Option<PathBuf>,
    /// `AZURE_CLIENT_ID`
    pub client_id: Option<String>,
    /// `AZURE_TENANT_ID`
    pub tenant_id: Option<String>,
    /// `AZURE_AUTHORITY_HOST`; the public cloud if not given.
    pub authority_host: Option<String>,
    /// `IDENTITY_ENDPOINT` or `MSI_ENDPOINT`: an application host has an identity for the process.
    pub host_has_one: bool,
    /// Whether a developer's own sign-in may be used: Development only.
    pub developer_tools: bool,
}

impl IdentityOptions {
    /// From variables as workload identity sets them; empty ones count as absent.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>, development: bool) -> Self {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        Self {
            federated_token_file: given("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
            client_id: given("AZURE_CLIENT_ID"),
            tenant_id: given("AZURE_TENANT_ID"),
            authority_host: given("AZURE_AUTHORITY_HOST"),
            host_has_one: given("IDENTITY_ENDPOINT").or_else(|| given("MSI_ENDPOINT")).is_some(),
            developer_tools: development,
        }
    }
}

/// The product's identity.
#[derive(Debug, Clone)]
pub struct AzureIdentity {
    credential: Arc<Chain>,
    /// Whether the environment says that there is one. Otherwise a machine that does not answer has none.
    is_named: bool,
}

impl AzureIdentity {
    /// Decides which credential it is; nothing is asked yet.
    pub fn new(options: &IdentityOptions, http: &reqwest::Client) -> Result<Self, IdentityError> {
        let links = if let Some(file) = &options.federated_token_file {
            vec![workload_identity(options, file.clone(), http)?]
        } else if options.developer_tools {
            vec![managed_identity(options, http)?.within(PROBE_TIMEOUT), developer_tools()?]
        } else {
            vec![managed_identity(options, http)?]
        };
        let is_named = options.federated_token_file.is_some() || options.host_has_one;
        Ok(Self { credential: Arc::new(Chain::new(links)), is_named })
    }

    /// For the Azure clients.
    pub fn credential(&self) -> Arc<dyn TokenCredential> {
        self.credential.clone()
    }

    /// A description of the chain, for a log line at start: `workload identity`.
    pub fn description(&self) -> String {
        self.credential.names().join(", then ")
    }
}

#[async_trait]
impl TokenSource for AzureIdentity {
    async fn expiring_token(&self, scope: &str) -> Result<ExpiringToken, IdentityError> {
        let token = self.credential.get_token(&[scope], None).await.map_err(|error| {
            let text = explained(&error);
            match status(&error) {
                Some(400 | 401 | 403) => IdentityError::Denied(text),
                None if !self.is_named => IdentityError::Absent(text),
                _ => IdentityError::Unavailable(text),
            }
        })?;
        let expires_at = Timestamp::from_micros(token.expires_on.unix_timestamp().saturating_mul(1_000_000));
        Ok(ExpiringToken { token: SecretText::new(token.token.secret()), expires_at })
    }
}

fn misconfigured(error: azure_core::Error) -> IdentityError {
    IdentityError::Misconfigured(explained(&error))
}

fn workload_identity(
    options: &IdentityOptions,
    file: PathBuf,
    http: &reqwest::Client,
) -> Result<Link, IdentityError> {
    let required = |value: &Option<String>, name: &str| {
        let missing =
            format!("{name} is missing; workload identity needs it beside AZURE_FEDERATED_TOKEN_FILE");
        value.clone().ok_or(IdentityError::Misconfigured(missing))
    };
    let mut cloud = CustomConfiguration::default();
    cloud.authority_host = options.authority_host.clone().unwrap_or_else(|| PUBLIC_AUTHORITY.to_owned());
    if !cloud.authority_host.starts_with("https://") {
        return Err(IdentityError::Misconfigured("AZURE_AUTHORITY_HOST must begin with https://".to_owned()));
    }
    let client_options =
        ClientOptions { cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))), ..client_options(http) };
    let credential = ClientAssertionCredential::new(
        required(&options.tenant_id, "AZURE_TENANT_ID")?,
        required(&options.client_id, "AZURE_CLIENT_ID")?,
        FederatedTokenFile::new(file),
        Some(ClientAssertionCredentialOptions { client_options }),
    )
    .map_err(misconfigured)?;
    Ok(Link::new("workload identity", credential))
}

fn managed_identity(options: &IdentityOptions, http: &reqwest::Client) -> Result<Link, IdentityError> {
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: options.client_id.clone().map(UserAssignedId::ClientId),
        client_options: client_options(http),
    };
    let credential = ManagedIdentityCredential::new(Some(options)).map_err(misconfigured)?;
    Ok(Link::new("managed identity", credential))
}

fn developer_tools() -> Result<Link, IdentityError> {
    let credential = DeveloperToolsCredential::new(None).map_err(misconfigured)?;
    Ok(Link::new("developer sign-in", credential))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::transport::http_client;

    fn options(variables: &[(&str, &str)], development: bool) -> IdentityOptions {
        let find = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        IdentityOptions::from_variables(find, development)
    }

    /// Proves: K7.
    #[test]
    fn the_environment_decides_the_credential() {
        let http = http_client(None).unwrap();
        let workload = [
            ("AZURE_FEDERATED_TOKEN_FILE", "token"),
            ("AZURE_CLIENT_ID", "client"),
            ("AZURE_TENANT_ID", "tenant"),
        ];
        let described = |variables: &[(&str, &str)], development| {
            AzureIdentity::new(&options(variables, development), &http).map(|identity| identity.description())
        };
        assert_eq!(described(&workload, false).unwrap(), "workload identity");
        assert_eq!(described(&workload, true).unwrap(), "workload identity");
        assert_eq!(described(&[], false).unwrap(), "managed identity");
        assert_eq!(described(&[], true).unwrap(), "managed identity, then developer sign-in");
        assert_eq!(described(&[("AZURE_FEDERATED_TOKEN_FILE", " ")], false).unwrap(), "managed identity");
        let missing = described(&workload[..2], false).unwrap_err().to_string();
        assert!(missing.contains("AZURE_TENANT_ID"), "{missing}");
        let mut plain = workload.to_vec();
        plain.push(("AZURE_AUTHORITY_HOST", "http://login.example"));
        assert!(described(&plain, false).unwrap_err().to_string().contains("https://"));
    }
}
