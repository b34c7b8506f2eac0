//! Leases in SQL. They belong to the platform: no statement has a tenant.

use application::platform::ports::LeaseRepository;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::sql::value::Value;
use crate::statements;

statements! {
    // The condition is checked under the row's lock, so of several that come at once only one changes the row.
    TAKE = "platform.lease.take":
        "UPDATE lease SET holder = ?2, expires_at = ?4, version = version + 1 \
         WHERE name = ?1 AND (holder = ?2 OR expires_at <= ?3)";
    FIND = "platform.lease.find": "SELECT version FROM lease WHERE name = ?1";
    INSERT = "platform.lease.insert":
        "INSERT INTO lease (name, holder, expires_at, version) VALUES (?1, ?2, ?3, 1)";
    RELEASE = "platform.lease.release":
        "UPDATE lease SET expires_at = ?3, version = version + 1 WHERE name = ?1 AND holder = ?2 AND expires_at > ?3";
}

#[async_trait]
impl LeaseRepository for SqlUnitOfWork {
    async fn take_or_renew(
        &mut self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> StorageResult<bool> {
        let params: [Value; 4] = [name.into(), holder.into(), now.into(), expires_at.into()];
        if self.tx.execute(&TAKE, &params).await? == 1 {
            return Ok(true);
        }
        if self.tx.find(&FIND, &[name.into()]).await?.is_some() {
            return Ok(false);
        }
        match self.tx.execute_one(&INSERT, &[name.into(), holder.into(), expires_at.into()]).await {
            // Somebody else inserted it since.
            Err(StorageError::Constraint { .. }) => Ok(false),
            inserted => inserted.map(|()| true),
        }
    }

    async fn release(&mut self, name: &str, holder: Uuid, now: Timestamp) -> StorageResult<()> {
        self.tx.apply(&RELEASE, &[name.into(), holder.into(), now.into()]).await
    }
}
