//! Log levels that count in every process for a while. The database holds them, so that it does not matter which process
//! was asked; each process looks there every few seconds.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::change::Change;
use crate::ports::storage_error::StorageResult;
use crate::ports::unit_of_work::UnitOfWork;

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

/// Other levels for so many seconds, above the configured ones and in the place of an earlier change.
pub struct ChangeLogLevels {
    pub levels: SharedLevels,
    pub seconds: i64,
}

#[async_trait]
impl Command for ChangeLogLevels {
    const NAME: &'static str = "change_log_levels";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = SharedLevelsView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<SharedLevelsView>> {
        let until = uow.now().plus_seconds(self.seconds);
        uow.log_levels().put_log_levels(Some(&self.levels), until).await?;
        let levels = serde_json::to_value(&self.levels)
            .map_err(|error| AppError::internal(format!("log levels: {error}")))?;
        record(uow, "changed", Some(json!({ "levels": levels, "until": until.to_string() })));
        Ok(Done::new(SharedLevelsView { levels: self.levels.clone(), until: Some(until) }))
    }
}

/// The configured levels count again.
pub struct ResetLogLevels;

#[async_trait]
impl Command for ResetLogLevels {
    const NAME: &'static str = "reset_log_levels";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = SharedLevelsView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<SharedLevelsView>> {
        let now = uow.now();
        uow.log_levels().put_log_levels(None, now).await?;
        record(uow, "reset", None);
        Ok(Done::new(SharedLevelsView { levels: SharedLevels::default(), until: None }))
    }
}

fn record(uow: &mut dyn UnitOfWork, action: &'static str, after: Option<serde_json::Value>) {
    let tenant = uow.tenant();
    // There is one set of levels, and it has no id.
    let entity_id = Uuid::nil();
    uow.record(Change { tenant, entity: LOG_LEVELS, entity_id, action, before: None, after });
}
