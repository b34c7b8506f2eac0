//! Configuration with the adapters this build has, and the commands that look at it.

use std::sync::Arc;

use super::{Failure, print};
use crate::config::{
    Adapters, Arguments, ConfigErrors, Configuration, ConnectionChecks, Gathered, Problem, RemoteLocations,
    RemoteSources, Severity, Sources,
};

/// How connection strings of cloud services are checked; one line for each adapter.
const CHECKS: ConnectionChecks = ConnectionChecks {
    sql_server: |_, _| {
        Err("this build has no SQL Server driver; write Provider=Sqlite;Data Source=<file>".to_owned())
    },
    redis: |_, _| Err("this build has no Redis client; write memory://".to_owned()),
    azure_storage: |_, _| Err("this build has no Azure Storage client; write file://blobs".to_owned()),
    app_configuration: |_, _| Err("this build has no App Configuration client".to_owned()),
};

/// What this build can talk to.
pub fn adapters() -> Adapters {
    Adapters { checks: CHECKS, connect: Arc::new(connect) }
}

/// The clients of the remote sources.
fn connect(locations: &RemoteLocations) -> Result<RemoteSources, Problem> {
    let key = if locations.app_configuration.is_some() { "AppConfig:Endpoint" } else { "KeyVault:Uri" };
    Err(Problem::new(key, "this build has no client for it"))
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
