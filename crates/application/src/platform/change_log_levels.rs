//! The commands that change the log levels of every process.

use async_trait::async_trait;
use serde_json::json;
use uuid::Uuid;

use super::log_levels::{LOG_LEVELS, SharedLevels, SharedLevelsView};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

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
