//! The services of the cloud profile for one test: a database of its own on the SQL Server, a Redis of its own, a container
//! of its own in Azurite, keys from the vault and settings from the store.
//!
//! Azurite and the stubs are shared by a whole run, because what they cost is their start, and because the process trusts
//! the stubs' authority by its environment: `with-cloud-services` starts both and names them.

use application::ports::clock::Ids;
use infrastructure::system::SystemIds;

use crate::peers::RedisServer;
use crate::sql_server::{self, connection_string};

/// Where the run's Azurite is: a connection string.
pub const AZURITE: &str = "ERP_TEST_AZURITE";
/// Set where the server stands in for SQL Server: what takes it long is not what is tested.
const STAND_IN: &str = "ERP_TEST_STAND_IN";
/// Where the run's stubs of Key Vault and App Configuration are: their origin.
pub const STUBS: &str = "ERP_TEST_STUBS";

/// The services of a world, alive as long as it.
pub struct Services {
    pub settings: Vec<(String, String)>,
    _redis: RedisServer,
}

impl Services {
    /// With `ERP_TEST_PROFILE=cloud`; nothing for the embedded profile.
    pub async fn of_test() -> Option<Self> {
        let server = sql_server::server()?;
        let redis = RedisServer::start().await;
        let container = format!("test-{}", SystemIds.new_id().simple());
        let settings = [
            ("ConnectionStrings:DefaultConnection", connection_string(&server).await),
            ("ConnectionStrings:Redis", redis.connection_string()),
            ("AzureStorage:ConnectionString", of_run(AZURITE)),
            ("AzureStorage:Container", container),
            ("KeyVault:Uri", of_run(STUBS)),
            ("AppConfig:Endpoint", of_run(STUBS)),
        ];
        let patience = std::env::var_os(STAND_IN).map(|_| ("Limits:RequestTimeoutSeconds", "300".to_owned()));
        let settings =
            settings.into_iter().chain(patience).map(|(key, value)| (key.to_owned(), value)).collect();
        Some(Self { settings, _redis: redis })
    }
}

fn of_run(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the suite with scripts/test-cloud"))
}
