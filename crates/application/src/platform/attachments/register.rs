//! Notes bytes in the database before they are written to the store, in a transaction of their own.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::{BlobId, TenantId};
use domain::platform::attachment::DocumentType;
use domain::time::Timestamp;
use uuid::Uuid;

use super::document::takes_one_more;
use super::error::ATTACHMENT_QUOTA_EXCEEDED;
use crate::error::AppResult;
use crate::ports::blobs::BlobKind;
use crate::ports::database::{Outcome, Work};
use crate::unit_of_work::UnitOfWork;

/// How long bytes that are on their way are waited for, in seconds; longer than any request lives.
pub const UPLOAD_GRACE_SECONDS: i64 = 24 * 60 * 60;

/// Refuses what could not be kept anyway before a byte of it is read.
pub struct NoteBlob {
    pub tenant: TenantId,
    pub kind: BlobKind,
    pub id: BlobId,
    pub size: Option<u64>,
    pub tenant_bytes_max: Option<u64>,
    /// The document that must be there and have room; `None` where an attachment exists already.
    pub document: Option<(DocumentType, Uuid)>,
    pub delete_after: Timestamp,
}

#[async_trait]
impl Work for NoteBlob {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        if let Some((kind, id)) = self.document {
            takes_one_more(uow, kind, id).await?;
        }
        check_quota(uow, self.tenant_bytes_max, self.size.unwrap_or(0)).await?;
        uow.stored_blobs().note(self.kind, self.id, self.size, self.delete_after).await?;
        Ok(Outcome::Commit)
    }
}

/// Checks that `more` bytes still fit.
pub async fn check_quota(uow: &mut dyn UnitOfWork, limit: Option<u64>, more: u64) -> AppResult<()> {
    let Some(limit) = limit else { return Ok(()) };
    let needed = uow.stored_blobs().total_bytes().await?.saturating_add(more);
    if needed <= limit {
        return Ok(());
    }
    Err(Violation::new(&ATTACHMENT_QUOTA_EXCEEDED).with("needed", needed).with("limit", limit).into())
}

/// Notes that the store has nothing under this id any more.
pub struct ForgetBlob {
    pub tenant: TenantId,
    pub id: BlobId,
}

#[async_trait]
impl Work for ForgetBlob {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        uow.stored_blobs().forget(self.id).await?;
        Ok(Outcome::Commit)
    }
}

/// Notes that bytes are not wanted after all, unless an attachment refers to them.
pub struct DiscardBlob {
    pub tenant: TenantId,
    pub id: BlobId,
    pub at: Timestamp,
    /// Whether nothing refers to the bytes, so that they may be removed.
    pub unwanted: AtomicBool,
}

#[async_trait]
impl Work for DiscardBlob {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let unwanted = uow.stored_blobs().discard(self.id, self.at).await?;
        self.unwanted.store(unwanted, Ordering::Relaxed);
        Ok(Outcome::Commit)
    }
}
