//! Log levels of all processes in SQL: one row. It belongs to the platform: no statement has a tenant.

use application::error::AppResult;
use application::platform::log_levels::{
    LOG_LEVELS, LogLevelQueries, LogLevelRepository, SharedLevels, StoredLevels,
};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::value::Value;
use crate::statements;

statements! {
    FIND = "platform.log_levels.find":
        "SELECT levels, expires_at, version FROM log_levels WHERE name = ?1";
    UPDATE = "platform.log_levels.update":
        "UPDATE log_levels SET levels = ?2, expires_at = ?3, version = version + 1 WHERE name = ?1";
    INSERT = "platform.log_levels.insert":
        "INSERT INTO log_levels (name, levels, expires_at, version) VALUES (?1, ?2, ?3, 1)";
}

#[async_trait]
impl LogLevelRepository for SqlUnitOfWork {
    async fn put_log_levels(&mut self, levels: Option<&SharedLevels>, until: Timestamp) -> StorageResult<()> {
        let text = levels.map(serde_json::to_string).transpose();
        let text = text.map_err(|error| StorageError::Internal(format!("log levels: {error}")))?;
        let params: [Value; 3] = [LOG_LEVELS.into(), text.into(), until.into()];
        if self.tx.execute(&UPDATE, &params).await? == 0 {
            self.tx.execute_one(&INSERT, &params).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl LogLevelQueries for Db {
    async fn log_levels(&self) -> AppResult<Option<StoredLevels>> {
        let Some(row) = self.find(&FIND, &[LOG_LEVELS.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("log_levels");
        let text: Option<String> = columns.get("levels")?;
        let corrupt = |error: serde_json::Error| StorageError::Corrupt {
            table: "log_levels",
            column: "levels",
            detail: error.to_string(),
        };
        let levels = text.map(|text| serde_json::from_str(&text)).transpose().map_err(corrupt)?;
        Ok(Some(StoredLevels { levels, until: columns.get("expires_at")?, version: columns.get("version")? }))
    }
}
