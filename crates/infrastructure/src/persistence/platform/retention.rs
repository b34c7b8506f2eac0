//! [`RetentionRepository`] in SQL. These statements are the only ones that are about every tenant.

use application::platform::ports::RetentionRepository;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::statements;

statements! {
    OLD_KEYS = "platform.retention.old_idempotency":
        "SELECT tenant_id, user_id, idempotency_key FROM idempotency WHERE created_at < ?1 ORDER BY created_at {page ?2}";
    DELETE_KEY = "platform.retention.delete_idempotency":
        "DELETE FROM idempotency WHERE tenant_id = ?1 AND user_id = ?2 AND idempotency_key = ?3";
}

#[async_trait]
impl RetentionRepository for SqlUnitOfWork {
    async fn purge_idempotency(&mut self, before: Timestamp, rows_max: u32) -> StorageResult<u64> {
        let rows = self.tx.query(&OLD_KEYS, &[before.into(), rows_max.into()]).await?;
        let mut deleted = 0;
        for row in rows {
            deleted += self.tx.execute(&DELETE_KEY, &row.into_values()).await?;
        }
        Ok(deleted)
    }
}
