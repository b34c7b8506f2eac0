//! Attachments, and the bytes known of, in storage.

use async_trait::async_trait;
use domain::ids::{AttachmentId, BlobId, TenantId};
use domain::platform::attachment::DocumentType;
use domain::time::Timestamp;
use uuid::Uuid;

use super::records::{Attachment, DocumentState};
use crate::error::AppResult;
use crate::paging::{ListQuery, Page};
use crate::ports::blobs::{BlobKey, BlobKind};
use crate::ports::storage_error::StorageResult;

use super::view::AttachmentView;

#[async_trait]
pub trait AttachmentRepository: Send {
    /// The state of a document of this tenant; `None` when there is none.
    async fn document(&mut self, kind: DocumentType, id: Uuid) -> StorageResult<Option<DocumentState>>;
    async fn find(&mut self, id: AttachmentId) -> StorageResult<Option<Attachment>>;
    /// The attachments of one document, including pending ones.
    async fn of_document(&mut self, kind: DocumentType, id: Uuid) -> StorageResult<Vec<Attachment>>;
    async fn insert(&mut self, attachment: &Attachment) -> StorageResult<()>;
    /// Replaces what is stored at `attachment.version - 1`. MUST change nothing and answer `false` at another version.
    async fn update(&mut self, attachment: &Attachment) -> StorageResult<bool>;
    /// MUST answer `false` when it is at another version.
    async fn delete(&mut self, id: AttachmentId, version: i64) -> StorageResult<bool>;
    /// Pending ones of every tenant whose time is over, the oldest first.
    async fn expired(
        &mut self,
        now: Timestamp,
        rows_max: u32,
    ) -> StorageResult<Vec<(TenantId, AttachmentId)>>;
}

/// Which bytes of the file store the books know of.
#[async_trait]
pub trait StoredBlobRepository: Send {
    /// Notes bytes that are about to be written; nobody wants them after `delete_after` unless they are kept.
    async fn note(
        &mut self,
        kind: BlobKind,
        id: BlobId,
        size: Option<u64>,
        delete_after: Timestamp,
    ) -> StorageResult<()>;
    /// Keeps noted bytes for good. MUST answer `false` when they are not noted any more.
    async fn keep(&mut self, id: BlobId, size: u64) -> StorageResult<bool>;
    /// Gives bytes up at this moment.
    async fn give_up(&mut self, id: BlobId, delete_after: Timestamp) -> StorageResult<()>;
    /// Gives up the bytes that a failed request wrote; answers whether no attachment refers to them.
    async fn discard(&mut self, id: BlobId, delete_after: Timestamp) -> StorageResult<bool>;
    /// Bytes of the tenant's attachments, those on their way included.
    async fn total_bytes(&mut self) -> StorageResult<u64>;
    /// The attachments of every tenant that are due to be removed, the oldest first.
    async fn due(&mut self, now: Timestamp, rows_max: u32) -> StorageResult<Vec<BlobKey>>;
    /// Forgets bytes that are gone from the store, unless somebody keeps them by now.
    async fn forget(&mut self, id: BlobId) -> StorageResult<()>;
}

#[async_trait]
pub trait AttachmentQueries: Send + Sync {
    async fn attachment(&self, tenant: TenantId, id: AttachmentId) -> AppResult<Option<Attachment>>;
    /// Only those of documents of these types.
    async fn attachments(
        &self,
        tenant: TenantId,
        types: &[DocumentType],
        query: &ListQuery,
    ) -> AppResult<Page<AttachmentView>>;
}
