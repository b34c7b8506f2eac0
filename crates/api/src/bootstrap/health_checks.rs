//! What health asks of the embedded profile.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use application::ports::blobs::BlobStore;
use async_trait::async_trait;
use http::HeaderMap;
use infrastructure::cache::layered::LayeredCache;
use infrastructure::sql::db::Db;

use super::Parts;
use crate::health::{
    CheckResult, CustomCheck, DetailAccess, DuplicateName, HealthCheck, HealthChecks, Probe, Registration,
};

/// A probe over the network may need a connection first.
const BLOB_STORAGE_TIMEOUT: Duration = Duration::from_secs(5);

/// The database answers a trivial query (I1). The name is the specification's, whatever the engine.
struct DatabaseCheck(Arc<Db>);

#[async_trait]
impl HealthCheck for DatabaseCheck {
    async fn check(&self) -> CheckResult {
        match self.0.ping().await {
            Ok(()) => CheckResult::healthy(),
            Err(error) => CheckResult::error(error.to_string()),
        }
    }
}

/// Every endpoint of Redis answers (I2).
struct RedisCheck(Arc<LayeredCache>);

#[async_trait]
impl HealthCheck for RedisCheck {
    async fn check(&self) -> CheckResult {
        match self.0.ping().await {
            Ok(()) => CheckResult::healthy(),
            Err(error) => CheckResult::error(error),
        }
    }
}

/// Files can be stored and read (I3); everything else works without.
struct BlobStorageCheck(Arc<dyn BlobStore>);

#[async_trait]
impl HealthCheck for BlobStorageCheck {
    async fn check(&self) -> CheckResult {
        match self.0.probe().await {
            Ok(()) => CheckResult::healthy(),
            Err(reason) => CheckResult::error(reason),
        }
    }
}

/// The check of a shared cache: without Redis the server is slower, but serves.
pub fn redis_check(cache: Arc<LayeredCache>) -> Registration {
    Registration::new("redis", &["cache"], Arc::new(RedisCheck(cache))).degrades()
}
/// Room for a few pages: a folder that only takes a file's name has no room for a transaction.
const ROOM_BYTES: usize = 64 * 1024;

/// The data folder can be written.
struct DataFolder(PathBuf);

#[async_trait]
impl Probe for DataFolder {
    fn name(&self) -> &'static str {
        "data-folder"
    }

    async fn well(&self) -> Result<bool, String> {
        let probe = self.0.join(".health");
        let write = tokio::task::spawn_blocking(move || {
            let written = std::fs::write(&probe, [0; ROOM_BYTES]);
            std::fs::remove_file(&probe).and(written)
        });
        Ok(matches!(write.await, Ok(Ok(()))))
    }
}

/// The database took the last write.
struct DatabaseWrites(Arc<Db>);

#[async_trait]
impl Probe for DatabaseWrites {
    fn name(&self) -> &'static str {
        "database-writes"
    }

    async fn well(&self) -> Result<bool, String> {
        Ok(!self.0.refuses_writes() && !self.0.is_damaged())
    }
}

pub fn health_checks(parts: &Parts, folder: PathBuf) -> Result<HealthChecks, DuplicateName> {
    let database = parts.database.clone();
    let probes: Vec<Arc<dyn Probe>> =
        vec![Arc::new(DataFolder(folder)), Arc::new(DatabaseWrites(database.clone()))];
    let files = Arc::new(BlobStorageCheck(parts.state.files.store.clone()));
    let mut checks = vec![
        Registration::new("sql-server", &["db", "critical"], Arc::new(DatabaseCheck(database))),
        Registration::new("blob-storage", &["storage"], files).degrades().timeout(BLOB_STORAGE_TIMEOUT),
        Registration::new("custom-check", &[], Arc::new(CustomCheck(probes))),
    ];
    checks.extend(parts.live.redis.clone().map(redis_check));
    HealthChecks::new(checks)
}

/// Whoever may read the audit log may see the names and states of the checks.
pub struct OperatorsSeeDetails(pub Arc<dyn application::platform::identity::Authenticator>);

#[async_trait]
impl DetailAccess for OperatorsSeeDetails {
    async fn allows(&self, headers: &HeaderMap) -> bool {
        let Some(credential) = crate::middleware::guard::credential(headers) else { return false };
        let identity = self.0.authenticate(&credential).await;
        identity.is_ok_and(|identity| {
            identity.platform_admin || identity.permissions.allows("platform.audit_log.read")
        })
    }
}
