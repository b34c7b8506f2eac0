//! Log levels that count in every process for a while. The database holds them, so that it does not matter which process
//! was asked; each process looks there every few seconds.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;

/// The resource, as in events and messages.
pub const LOG_LEVELS: &str = "log_levels";

/// Log levels by name, as in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedLevels {
    /// The default level; null for the configured one.
    pub default: Option<String>,
    /// By source.
    pub overrides: BTreeMap<String, String>,
}

/// The last change that anybody made, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLevels {
    /// `None` once a change was ended before its time.
    pub levels: Option<SharedLevels>,
    pub until: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

#[async_trait]
pub trait LogLevelRepository: Send {
    /// Puts these levels in the place of any others, until then.
    async fn put_log_levels(&mut self, levels: Option<&SharedLevels>, until: Timestamp) -> StorageResult<()>;
}

#[async_trait]
pub trait LogLevelQueries: Send + Sync {
    async fn log_levels(&self) -> AppResult<Option<StoredLevels>>;
}

/// The log levels in force in every process, and when they end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedLevelsView {
    #[serde(flatten)]
    pub levels: SharedLevels,
    /// The moment at which the change of levels ends; null when the configured levels are in force.
    #[serde(serialize_with = "crate::views::optional_timestamp")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub until: Option<Timestamp>,
}
