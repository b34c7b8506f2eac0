//! Everything of Azure that one process needs, on one HTTPS client and one identity.

use std::sync::Arc;

use application::ports::clock::Clock;
use application::ports::configuration::ConfigurationSource;
use thiserror::Error;

use super::app_configuration::{
    AccessError, AppConfigurationOptions, AppConfigurationSource, Endpoint, Sentinel, StoreAccess,
};
use super::identity::{AzureIdentity, IdentityError, IdentityOptions};
use super::key_vault::{KeyVaultOptions, KeyVaultSource};
use super::transport::{TransportError, http_client};
use super::vaults::{VaultAddressError, VaultUri, Vaults};

/// Why there is no client. Every text names what to mend and has no secret.
#[derive(Debug, Error)]
pub enum AzureError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Vault(#[from] VaultAddressError),
    #[error(transparent)]
    Store(#[from] AccessError),
}

/// The address of an App Configuration store, and the way to authenticate there.
#[derive(Clone, Copy)]
pub enum Store<'a> {
    /// Access with the product's identity.
    Endpoint(&'a str),
    /// Access with an access key: `Endpoint=…;Id=…;Secret=…`.
    ConnectionString(&'a str),
}

/// Clients of Azure; asks nobody until a source is loaded or a token is wanted.
#[derive(Clone)]
pub struct Azure {
    http: reqwest::Client,
    identity: AzureIdentity,
    vaults: Arc<Vaults>,
    clock: Arc<dyn Clock>,
}

impl Azure {
    /// With an identity that others use, too.
    pub fn of(identity: AzureIdentity, clock: Arc<dyn Clock>) -> Result<Self, AzureError> {
        Ok(Self::with(identity, http_client(None)?, clock))
    }

    pub fn new(
        options: &IdentityOptions,
        http: reqwest::Client,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AzureError> {
        Ok(Self::with(AzureIdentity::new(options, &http)?, http, clock))
    }

    fn with(identity: AzureIdentity, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        let vaults = Arc::new(Vaults::new(&identity, &http));
        Self { http, identity, vaults, clock }
    }

    /// Tokens for SQL Server, Redis, Blob Storage.
    pub fn identity(&self) -> &AzureIdentity {
        &self.identity
    }

    /// The secrets of a vault, those that begin with `prefix` if there is one.
    pub fn key_vault(
        &self,
        uri: &str,
        prefix: Option<&str>,
    ) -> Result<Arc<dyn ConfigurationSource>, AzureError> {
        let vault = VaultUri::parse(uri)?;
        let options = KeyVaultOptions { prefix: prefix.map(str::to_owned), ..KeyVaultOptions::new(vault) };
        Ok(Arc::new(KeyVaultSource::new(self.vaults.clone(), options, self.clock.clone())))
    }

    /// The settings of a store: those without a label, then those of the environment; with a sentinel, when that changed.
    pub fn app_configuration(
        &self,
        store: Store<'_>,
        environment: &str,
        sentinel: Option<Sentinel>,
    ) -> Result<Arc<dyn ConfigurationSource>, AzureError> {
        let access = match store {
            Store::ConnectionString(text) => StoreAccess::connection_string(text)?,
            Store::Endpoint(text) => {
                StoreAccess::identity(Endpoint::parse(text)?, Arc::new(self.identity.clone()))
            }
        };
        let options =
            AppConfigurationOptions { sentinel, ..AppConfigurationOptions::new(access, environment) };
        let source =
            AppConfigurationSource::new(options, self.vaults.clone(), &self.http, self.clock.clone());
        Ok(Arc::new(source))
    }
}

/// Whether the text is a connection string of a store.
pub fn check_connection_string(text: &str) -> Result<(), String> {
    StoreAccess::connection_string(text).map(|_| ()).map_err(|error| error.to_string())
}
