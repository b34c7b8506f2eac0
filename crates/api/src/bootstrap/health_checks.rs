//! The checks of health, in their order (I1–I4).

use std::sync::Arc;

use application::ports::blobs::BlobStore;
use async_trait::async_trait;
use http::HeaderMap;
use infrastructure::cache::layered::LayeredCache;
use infrastructure::sql::db::Db;
use infrastructure::sql::dialect::Dialect;

use super::Parts;
use super::concerns::{Watched, concerns};
use crate::config::{LiveSettings, Settings};
use crate::health::{
    CheckResult, CustomCheck, DetailAccess, DuplicateName, HealthCheck, HealthChecks, Registration,
};

/// The database answers, over a connection of its own (I1).
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

/// Files can be stored and read (I3).
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

/// The name of a database in reports.
pub fn database_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::SqlServer => "sql-server",
    }
}

/// The dependencies and the question each is asked.
struct Asked {
    database: Arc<dyn HealthCheck>,
    /// `None` where the cache is this process's own.
    redis: Option<Arc<dyn HealthCheck>>,
    blobs: Arc<dyn HealthCheck>,
    custom: Arc<dyn HealthCheck>,
}

/// The entries of a report, in the specification's order. Only what has the tag `critical` decides on readiness; without
/// Redis the server is slower, and without the file store everything but files works.
fn registrations(dialect: Dialect, asked: Asked) -> Vec<Registration> {
    let mut checks = vec![Registration::new(database_name(dialect), &["db", "critical"], asked.database)];
    checks.extend(asked.redis.map(|redis| Registration::new("redis", &["cache"], redis).degrades()));
    checks.push(Registration::new("blob-storage", &["storage"], asked.blobs).degrades());
    checks.push(Registration::new("custom-check", &[], asked.custom));
    checks
}

pub fn health_checks(
    parts: &Parts,
    settings: &Settings,
    live: &LiveSettings,
) -> Result<HealthChecks, DuplicateName> {
    let redis = parts.live.redis.clone();
    let watched = Watched {
        live: live.clone(),
        redis: redis.clone(),
        database: parts.database.clone(),
        clock: parts.state.application.clock.clone(),
        data_folder: settings.data_directory.clone(),
    };
    let asked = Asked {
        database: Arc::new(DatabaseCheck(parts.database.clone())),
        redis: redis.map(|redis| Arc::new(RedisCheck(redis)) as Arc<dyn HealthCheck>),
        blobs: Arc::new(BlobStorageCheck(parts.state.files.store.clone())),
        custom: Arc::new(CustomCheck(concerns(watched))),
    };
    HealthChecks::new(registrations(parts.database.dialect(), asked))
}

/// Callers who may read the audit log may see the names and states of the checks.
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

#[cfg(test)]
mod tests;
