//! Operations that need the file store beside the database: bytes first, then the transaction that keeps them.

use std::ops::Range;
use std::sync::Arc;

use domain::ids::{AttachmentId, TenantId};
use domain::platform::attachment::{AttachmentStatus, ContentType, FileName};
use futures::{StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use super::content::{measure, sniffed};
use super::disposition::content_disposition;
use super::document::may_read;
use super::error::{ATTACHMENT_NOT_STORED, ATTACHMENT_NOT_UPLOADED, ATTACHMENT_UPLOAD_EXPIRED};
use super::ports::AttachmentQueries;
use super::{
    ATTACHMENT, AddAttachment, Attachment, AttachmentPolicy, BeginAttachmentUpload, CompleteAttachment,
    DeleteAttachment, NewAttachment,
};
use crate::authorize;
use crate::command::{Application, Command, Executed, check_version, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::blobs::{
    Blob, BlobError, BlobKind, BlobLabel, BlobStore, Expected, Incoming, Purpose, SignedUrl,
};

/// Everything the operations on attachments run on.
#[derive(Clone)]
pub struct Attachments {
    pub app: Application,
    pub store: Arc<dyn BlobStore>,
    pub queries: Arc<dyn AttachmentQueries>,
    pub policy: Arc<AttachmentPolicy>,
}

impl Attachments {
    /// Takes a file in one step. A caller without the right, or a document that does not exist, is refused before a
    /// byte is read.
    pub async fn upload(
        &self,
        mut ctx: RequestContext,
        new: NewAttachment,
        expected: Expected,
        content: Incoming,
    ) -> AppResult<Executed> {
        authorize::require(&ctx, AddAttachment::ACCESS)?;
        may_read(&ctx, new.document_type)?;
        self.policy.check_size(expected.size.unwrap_or(0))?;
        let key = self.new_key(ctx.tenant, BlobKind::Attachment);
        let (size, sha256) = if ctx.dry_run {
            measure(sniffed(content, &new.content_type).await?, expected).await?
        } else {
            self.note(key, expected.size, Some((new.document_type, new.document_id))).await?;
            let stored =
                self.store_checked(key, content, expected, &label(&new.content_type, &new.name)).await;
            self.or_discard(key, stored).await?
        };
        if let Some(idempotency) = &mut ctx.idempotency {
            // The same key with another file is another request.
            let mut hash = Sha256::new();
            hash.update(idempotency.request_hash);
            hash.update(sha256);
            idempotency.request_hash = hash.finalize().into();
        }
        let tenant_bytes_max = self.policy.tenant_bytes_max;
        let command = AddAttachment { new, blob_id: key.id, size, sha256, tenant_bytes_max };
        let executed = execute(&self.app, &ctx, command).await;
        self.unless_kept(key, &ctx, &executed).await;
        executed
    }

    /// Announces a file that will be sent to [`Attachments::upload_url`].
    pub async fn begin(
        &self,
        ctx: &RequestContext,
        new: NewAttachment,
        size: u64,
        sha256: [u8; 32],
    ) -> AppResult<Executed> {
        let url_life_seconds = i64::try_from(self.policy.upload_url_life.as_secs()).unwrap_or(i64::MAX);
        let tenant_bytes_max = self.policy.tenant_bytes_max;
        let command = BeginAttachmentUpload { new, size, sha256, url_life_seconds, tenant_bytes_max };
        execute(&self.app, ctx, command).await
    }

    /// Where to send an announced file; `None` when the store takes no files but through us.
    pub async fn upload_url(&self, tenant: TenantId, id: AttachmentId) -> AppResult<Option<SignedUrl>> {
        let attachment = self.pending(tenant, id).await?;
        let key = attachment.blob_key(tenant);
        Ok(self.store.signed_url(key, Purpose::Upload, self.policy.upload_url_life).await?)
    }

    /// Takes the bytes of an announced file through us instead of the store's own URL.
    pub async fn receive(&self, tenant: TenantId, id: AttachmentId, content: Incoming) -> AppResult<()> {
        let attachment = self.pending(tenant, id).await?;
        let expected = Expected { size: Some(attachment.size), sha256: Some(attachment.sha256) };
        let label =
            BlobLabel { content_type: attachment.content_type.as_str().to_owned(), disposition: None };
        self.store.put(attachment.blob_key(tenant), content, expected, &label).await?;
        Ok(())
    }

    /// Verifies what was uploaded while copying it to a key that no URL ever allowed to write, so that what was
    /// verified is what is kept.
    pub async fn complete(&self, ctx: &RequestContext, id: AttachmentId) -> AppResult<Executed> {
        authorize::require(ctx, CompleteAttachment::ACCESS)?;
        let attachment = self.readable(ctx, id).await?;
        if attachment.status == AttachmentStatus::Stored {
            return execute(&self.app, ctx, CompleteAttachment { id, copy: None }).await;
        }
        check_version(ctx, attachment.version)?;
        self.check_time(&attachment)?;
        let uploaded = attachment.blob_key(ctx.tenant);
        let expected = Expected { size: Some(attachment.size), sha256: Some(attachment.sha256) };
        let blob = match self.store.get(uploaded, None).await {
            Err(BlobError::NotFound(_)) => return Err(AppError::of(&ATTACHMENT_NOT_UPLOADED)),
            opened => opened?,
        };
        let content = blob.content.map_err(AppError::from).boxed();
        let copy = self.new_key(ctx.tenant, BlobKind::Attachment);
        if ctx.dry_run {
            measure(sniffed(content, &attachment.content_type).await?, expected).await?;
        } else {
            self.note(copy, None, None).await?;
            let stored = self
                .store_checked(copy, content, expected, &label(&attachment.content_type, &attachment.name))
                .await;
            self.or_discard(copy, stored).await?;
        }
        let executed = execute(&self.app, ctx, CompleteAttachment { id, copy: Some(copy.id) }).await;
        self.unless_kept(copy, ctx, &executed).await;
        if executed.is_ok() && !ctx.dry_run {
            self.remove(uploaded).await;
        }
        executed
    }

    pub async fn delete(&self, ctx: &RequestContext, id: AttachmentId) -> AppResult<Executed> {
        let known = self.queries.attachment(ctx.tenant, id).await?;
        let executed = execute(&self.app, ctx, DeleteAttachment { id }).await?;
        // In a batch the transaction is still open.
        if let Some(attachment) = known
            && !ctx.dry_run
            && ctx.batch.is_none()
            && !executed.replayed
        {
            self.remove(attachment.blob_key(ctx.tenant)).await;
        }
        Ok(executed)
    }

    /// An attachment the caller may see; not found in another tenant.
    pub async fn readable(&self, ctx: &RequestContext, id: AttachmentId) -> AppResult<Attachment> {
        let attachment = self.find(ctx.tenant, id).await?;
        may_read(ctx, attachment.document_type)?;
        Ok(attachment)
    }

    /// The attachment, whatever the rights of the caller: for callers who hold a link.
    pub async fn find(&self, tenant: TenantId, id: AttachmentId) -> AppResult<Attachment> {
        self.queries.attachment(tenant, id).await?.ok_or_else(|| AppError::not_found(ATTACHMENT))
    }

    pub async fn open(
        &self,
        tenant: TenantId,
        attachment: &Attachment,
        range: Option<Range<u64>>,
    ) -> AppResult<Blob> {
        stored(attachment)?;
        Ok(self.store.get(attachment.blob_key(tenant), range).await?)
    }

    /// The store's own URL for reading; `None` when there is none, or when it would show a name that is not the
    /// attachment's any more.
    pub async fn download_url(
        &self,
        tenant: TenantId,
        attachment: &Attachment,
    ) -> AppResult<Option<SignedUrl>> {
        stored(attachment)?;
        let key = attachment.blob_key(tenant);
        let life = self.policy.download_url_life;
        let Some(signed) = self.store.signed_url(key, Purpose::Download, life).await? else {
            return Ok(None);
        };
        let info = self.store.head(key).await?.ok_or(BlobError::NotFound(key))?;
        Ok(Some(signed).filter(|_| info.label == label(&attachment.content_type, &attachment.name)))
    }

    /// An announced attachment whose time is not over.
    async fn pending(&self, tenant: TenantId, id: AttachmentId) -> AppResult<Attachment> {
        let attachment = self.find(tenant, id).await?;
        if attachment.status == AttachmentStatus::Stored {
            return Err(AppError::of(&ATTACHMENT_UPLOAD_EXPIRED));
        }
        self.check_time(&attachment)?;
        Ok(attachment)
    }

    fn check_time(&self, attachment: &Attachment) -> AppResult<()> {
        match attachment.expires_at {
            Some(at) if at <= self.app.clock.now() => Err(AppError::of(&ATTACHMENT_UPLOAD_EXPIRED)),
            _ => Ok(()),
        }
    }
}

fn stored(attachment: &Attachment) -> AppResult<()> {
    match attachment.status {
        AttachmentStatus::Stored => Ok(()),
        AttachmentStatus::Pending => Err(AppError::of(&ATTACHMENT_NOT_STORED)),
    }
}

/// How a browser treats the file, as the store is told.
pub fn label(content_type: &ContentType, name: &FileName) -> BlobLabel {
    BlobLabel { content_type: content_type.as_str().to_owned(), disposition: Some(content_disposition(name)) }
}
