//! Bytes and the rows that know of them: noted first, written, kept by a command or given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::ids::{BlobId, TenantId};
use domain::platform::attachment::{ContentType, DocumentType};
use uuid::Uuid;

use super::content::sniffed;
use super::register::{DiscardBlob, ForgetBlob, NoteBlob, UPLOAD_GRACE_SECONDS};
use super::service::Attachments;
use crate::command::Executed;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, OUTCOME_UNKNOWN};
use crate::ports::blobs::{BlobKey, BlobKind, BlobLabel, Expected, Incoming};

impl Attachments {
    pub(super) fn new_key(&self, tenant: TenantId, kind: BlobKind) -> BlobKey {
        BlobKey { tenant, kind, id: BlobId::new(self.app.ids.new_id()) }
    }

    pub(super) async fn note(
        &self,
        key: BlobKey,
        size: Option<u64>,
        document: Option<(DocumentType, Uuid)>,
    ) -> AppResult<()> {
        let note = NoteBlob {
            tenant: key.tenant,
            kind: key.kind,
            id: key.id,
            size,
            tenant_bytes_max: self.policy.tenant_bytes_max,
            document,
            delete_after: self.app.clock.now().plus_seconds(UPLOAD_GRACE_SECONDS),
        };
        self.app.database.write(Arc::new(note)).await
    }

    pub(super) async fn store_checked(
        &self,
        key: BlobKey,
        content: Incoming,
        expected: Expected,
        label: &BlobLabel,
    ) -> AppResult<(u64, [u8; 32])> {
        let content_type = ContentType::parse(&label.content_type)?;
        let content = sniffed(content, &content_type).await?;
        let info = self.store.put(key, content, expected, label).await?;
        let sha256 = info.sha256.ok_or_else(|| AppError::internal("a store wrote without a checksum"))?;
        Ok((info.size, sha256))
    }

    pub(super) async fn or_discard<T>(&self, key: BlobKey, result: AppResult<T>) -> AppResult<T> {
        if result.is_err() {
            self.discard(key).await;
        }
        result
    }

    /// Removes the file of a command that did not keep it: it failed, or answered an earlier request's result.
    pub(super) async fn unless_kept(
        &self,
        key: BlobKey,
        ctx: &RequestContext,
        executed: &AppResult<Executed>,
    ) {
        let given_up = match executed {
            Ok(executed) => executed.replayed,
            // It may have been kept. If not, the note's time runs out.
            Err(error) => !error.is(&OUTCOME_UNKNOWN),
        };
        if given_up && !ctx.dry_run {
            self.discard(key).await;
        }
    }

    /// Gives up what was noted; the clean-up finishes what fails here.
    pub(super) async fn discard(&self, key: BlobKey) {
        let (tenant, id, at) = (key.tenant, key.id, self.app.clock.now());
        let work = Arc::new(DiscardBlob { tenant, id, at, unwanted: AtomicBool::default() });
        match self.app.database.write(work.clone()).await {
            Ok(()) if work.unwanted.load(Ordering::Relaxed) => self.remove(key).await,
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, blob = %key, "A blob is left to the clean-up: {{error}}"),
        }
    }

    /// Removes bytes that the database has given up.
    pub(super) async fn remove(&self, key: BlobKey) {
        let removed = match self.store.delete(key).await {
            Ok(_) => {
                let forget = ForgetBlob { tenant: key.tenant, id: key.id };
                self.app.database.write(Arc::new(forget)).await
            }
            Err(error) => Err(error.into()),
        };
        if let Err(error) = removed {
            tracing::warn!(%error, blob = %key, "A blob is left to the clean-up: {{error}}");
        }
    }
}
