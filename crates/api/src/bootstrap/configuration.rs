//! Configuration with the adapters this build has, and the commands that look at it.

use std::sync::Arc;

use infrastructure::secrets::app_configuration::Sentinel;
use infrastructure::secrets::azure::{Azure, AzureError, Store, check_connection_string};
use infrastructure::system::SystemClock;

use super::azure_identity::azure_identity;
use super::{Failure, print};
use crate::config::{
    Adapters, AppConfigurationLocation, Arguments, ConfigErrors, Configuration, ConnectionChecks, Gathered,
    KeyVaultLocation, Problem, RemoteLocations, RemoteSources, Severity, Sources,
};

/// How connection strings of cloud services are checked; one line for each adapter.
const CHECKS: ConnectionChecks = ConnectionChecks {
    database_pairs: super::database_pairs,
    sql_server: super::stores::check_sql_server,
    redis: super::stores::check_redis,
    azure_storage: super::stores::check_azure_storage,
    azure_container: super::stores::check_azure_container,
    backup_key: super::backups::check_key,
    app_configuration: |text, _| check_connection_string(text).map(|()| Vec::new()),
};

/// The adapters of this build.
pub fn adapters() -> Adapters {
    Adapters { checks: CHECKS, connect: Arc::new(connect) }
}

/// The clients of the remote sources; asks nobody yet.
fn connect(locations: &RemoteLocations) -> Result<RemoteSources, Problem> {
    let refused = |key: &'static str| move |error: AzureError| Problem::new(key, error.to_string());
    let development = locations.environment.is_development();
    let azure = azure_identity(development, None)
        .and_then(|identity| Azure::of(identity, Arc::new(SystemClock)))
        .map_err(refused("the identity in Azure"))?;
    let environment = locations.environment.name();
    let store = match &locations.app_configuration {
        None => None,
        Some(AppConfigurationLocation::Endpoint(uri)) => Some(("AppConfig:Endpoint", Store::Endpoint(uri))),
        Some(AppConfigurationLocation::ConnectionString(text)) => {
            Some(("AppConfig:ConnectionString", Store::ConnectionString(text.expose())))
        }
    };
    let mut sources = RemoteSources::default();
    if let Some((key, store)) = store {
        let sentinel =
            locations.sentinel.clone().map(|named| Sentinel { key: named.key, label: named.label });
        let source = azure.app_configuration(store, environment, sentinel).map_err(refused(key))?;
        sources.app_configuration = Some(source);
    }
    if let Some(KeyVaultLocation::Vault { uri, prefix }) = &locations.key_vault {
        let vault = azure.key_vault(uri, prefix.as_deref()).map_err(refused("KeyVault:Uri"))?;
        sources.key_vault = Some(vault);
    }
    Ok(sources)
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
    super::first_start::check(&configuration.settings.bootstrap)?;
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
