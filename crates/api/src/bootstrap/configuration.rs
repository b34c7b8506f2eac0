//! Configuration with the adapters this build has, and the commands that look at it.

use std::sync::Arc;

use application::ports::configuration::ConfigurationSource;
use infrastructure::secrets::app_configuration::{
    AppConfigurationOptions, AppConfigurationSource, Endpoint, StoreAccess,
};
use infrastructure::secrets::identity::{AzureIdentity, IdentityOptions};
use infrastructure::secrets::key_vault::{KeyVaultOptions, KeyVaultSource};
use infrastructure::secrets::transport::http_client;
use infrastructure::secrets::vaults::{VaultUri, Vaults};
use infrastructure::system::SystemClock;

use super::{Failure, print};
use crate::config::{
    Adapters, AppConfigurationLocation, Arguments, ConfigErrors, Configuration, ConnectionChecks, Gathered, KeyVaultLocation, Problem,
    RemoteLocations, RemoteSources, Severity, Sources,
};

/// How connection strings of cloud services are checked; one line for each adapter.
const CHECKS: ConnectionChecks = ConnectionChecks {
    sql_server: super::stores::check_sql_server,
    redis: super::stores::check_redis,
    azure_storage: super::stores::check_azure_storage,
    app_configuration: |text, _| {
        StoreAccess::connection_string(text).map(|_| Vec::new()).map_err(|error| error.to_string())
    },
};

/// What this build can talk to.
pub fn adapters() -> Adapters {
    Adapters { checks: CHECKS, connect: Arc::new(connect) }
}

/// The identity the process has in Azure; another one of the machine's where `client_id` names it.
pub fn azure_identity(development: bool, client_id: Option<&str>) -> Result<AzureIdentity, String> {
    let variable = |name: &str| match (name, client_id) {
        ("AZURE_CLIENT_ID", Some(client_id)) => Some(client_id.to_owned()),
        _ => std::env::var(name).ok(),
    };
    let http = http_client(None).map_err(|error| error.to_string())?;
    AzureIdentity::new(&IdentityOptions::from_variables(variable, development), &http)
        .map_err(|error| error.to_string())
}

/// The clients of the remote sources; asks nobody yet.
fn connect(locations: &RemoteLocations) -> Result<RemoteSources, Problem> {
    let key = if locations.app_configuration.is_some() { "AppConfig:Endpoint" } else { "KeyVault:Uri" };
    let problem = |reason: String| Problem::new(key, reason);
    let http = http_client(None).map_err(|error| problem(error.to_string()))?;
    let identity = azure_identity(locations.environment.is_development(), None).map_err(problem)?;
    let clock = Arc::new(SystemClock);
    let vaults = Arc::new(Vaults::new(&identity, &http));
    let app_configuration = match &locations.app_configuration {
        None => None,
        Some(location) => {
            let access = match location {
                AppConfigurationLocation::ConnectionString(text) => {
                    StoreAccess::connection_string(text.expose()).map_err(|error| problem(error.to_string()))?
                }
                AppConfigurationLocation::Endpoint(endpoint) => {
                    let endpoint = Endpoint::parse(endpoint).map_err(|error| problem(error.to_string()))?;
                    StoreAccess::identity(endpoint, Arc::new(identity))
                }
            };
            let options = AppConfigurationOptions::new(access, locations.environment.name());
            let source = AppConfigurationSource::new(options, vaults.clone(), &http, clock.clone());
            Some(Arc::new(source) as Arc<dyn ConfigurationSource>)
        }
    };
    let key_vault = match &locations.key_vault {
        Some(KeyVaultLocation::Vault { uri, prefix }) => {
            let vault = VaultUri::parse(uri).map_err(|error| Problem::new("KeyVault:Uri", error.to_string()))?;
            let options = KeyVaultOptions { prefix: prefix.clone(), ..KeyVaultOptions::new(vault) };
            Some(Arc::new(KeyVaultSource::new(vaults, options, clock)) as Arc<dyn ConfigurationSource>)
        }
        _ => None,
    };
    Ok(RemoteSources { app_configuration, key_vault })
}

/// Reads everything the process is configured with.
pub async fn configure(sources: &Sources) -> Result<Configuration, ConfigErrors> {
    Configuration::load(sources, &adapters()).await
}

/// Prints what can be shown even when values are wrong, and then says what is wrong with them.
pub async fn show(arguments: &Arguments) -> Result<(), Failure> {
    let adapters = adapters();
    let (mut gathered, _) = Gathered::read(&Sources::of_process(arguments), &adapters).await?;
    print(&gathered.show())?;
    gathered.settings(&adapters.checks).map(|_| ()).map_err(Failure::from)
}

/// Says whether a server would start with this configuration.
pub async fn check(arguments: &Arguments) -> Result<(), Failure> {
    let configuration = configure(&Sources::of_process(arguments)).await?;
    let mut text = String::new();
    for notice in &configuration.notices {
        let severity = match notice.severity {
            Severity::Information => "information",
            Severity::Warning => "warning",
        };
        text.push_str(&format!("{severity}: {}\n", notice.text));
    }
    print(&format!("{text}The configuration is good for {}.\n", configuration.settings.environment))
}
