//! The bytes the books know of, in SQL.

use application::platform::attachments::ports::StoredBlobRepository;
use application::ports::blobs::{BlobKey, BlobKind};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::BlobId;
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::sql::value::{Row, Value};
use crate::statements;

statements! {
    NOTE = "platform.stored_blob.note":
        "INSERT INTO stored_blob (tenant_id, id, kind, size_bytes, delete_after, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    KEEP = "platform.stored_blob.keep":
        "UPDATE stored_blob SET delete_after = NULL, size_bytes = ?3 WHERE tenant_id = ?1 AND id = ?2";
    GIVE_UP = "platform.stored_blob.give_up":
        "UPDATE stored_blob SET delete_after = ?3 WHERE tenant_id = ?1 AND id = ?2";
    // Removes the note of a file that a broken request wrote, and only while no attachment refers to it.
    DISCARD = "platform.stored_blob.discard":
        "UPDATE stored_blob SET delete_after = ?3 WHERE tenant_id = ?1 AND id = ?2 \
         AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.tenant_id = ?1 AND a.blob_id = ?2)";
    TOTAL = "platform.stored_blob.total":
        "SELECT COALESCE(SUM(size_bytes), 0) AS size_bytes FROM stored_blob \
         WHERE tenant_id = ?1 AND kind IN ('attachments', 'uploads') AND (delete_after IS NULL OR delete_after > ?2)";
    // The files of every tenant that are no longer needed.
    DUE = "platform.stored_blob.due":
        "SELECT tenant_id, kind, id FROM stored_blob b WHERE delete_after <= ?1 \
         AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.tenant_id = b.tenant_id AND a.blob_id = b.id) \
         ORDER BY delete_after {page ?2}";
    // Only what no attachment refers to, although its time is over.
    FORGET = "platform.stored_blob.forget":
        "DELETE FROM stored_blob WHERE tenant_id = ?1 AND id = ?2 AND delete_after IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.tenant_id = ?1 AND a.blob_id = ?2)";
}

#[async_trait]
impl StoredBlobRepository for SqlUnitOfWork {
    async fn note(
        &mut self,
        kind: BlobKind,
        id: BlobId,
        size: Option<u64>,
        delete_after: Timestamp,
    ) -> StorageResult<()> {
        let size = size.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        let params: [Value; 6] = [
            self.tenant.into(),
            id.into(),
            kind.as_str().into(),
            size.into(),
            delete_after.into(),
            self.now.into(),
        ];
        self.tx.execute_one(&NOTE, &params).await
    }

    async fn keep(&mut self, id: BlobId, size: u64) -> StorageResult<bool> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        Ok(self.tx.execute(&KEEP, &[self.tenant.into(), id.into(), size.into()]).await? == 1)
    }

    async fn give_up(&mut self, id: BlobId, delete_after: Timestamp) -> StorageResult<()> {
        self.tx.apply(&GIVE_UP, &[self.tenant.into(), id.into(), delete_after.into()]).await
    }

    async fn discard(&mut self, id: BlobId, delete_after: Timestamp) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), delete_after.into()];
        Ok(self.tx.execute(&DISCARD, &params).await? == 1)
    }

    async fn total_bytes(&mut self) -> StorageResult<u64> {
        let row = self.tx.find(&TOTAL, &[self.tenant.into(), self.now.into()]).await?;
        row.map_or(Ok(0), |row| row.single("stored_blob", "size_bytes"))
    }

    async fn due(&mut self, now: Timestamp, rows_max: u32) -> StorageResult<Vec<BlobKey>> {
        let rows = self.tx.query(&DUE, &[now.into(), rows_max.into()]).await?;
        let key = |row: Row| {
            let mut columns = row.columns("stored_blob");
            let tenant = columns.get("tenant_id")?;
            let kind = columns.parse("kind", |text| BlobKind::parse(text).ok())?;
            Ok(BlobKey { tenant, kind, id: columns.get("id")? })
        };
        rows.into_iter().map(key).collect()
    }

    async fn forget(&mut self, id: BlobId) -> StorageResult<()> {
        self.tx.apply(&FORGET, &[self.tenant.into(), id.into()]).await
    }
}
