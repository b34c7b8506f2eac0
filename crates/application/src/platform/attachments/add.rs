//! `POST /attachments`: an attachment whose bytes are in the store already.

use async_trait::async_trait;
use domain::ids::{AttachmentId, BlobId};
use domain::platform::attachment::AttachmentStatus;

use super::ATTACHMENT;
use super::document::{may_read, takes_one_more};
use super::records::{Attachment, NewAttachment};
use super::register::check_quota;
use super::view::AttachmentView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::guard::record;
use crate::ports::blobs::BlobKind;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct AddAttachment {
    pub new: NewAttachment,
    /// The file that was noted and written; in a dry run neither.
    pub blob_id: BlobId,
    pub size: u64,
    pub sha256: [u8; 32],
    pub tenant_bytes_max: Option<u64>,
}

#[async_trait]
impl Command for AddAttachment {
    const NAME: &'static str = "create_attachment";
    const ACCESS: Access = Access::Permission("platform.attachment.create");
    type Output = AttachmentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AttachmentView>> {
        may_read(ctx, self.new.document_type)?;
        takes_one_more(uow, self.new.document_type, self.new.document_id).await?;
        let attachment = Attachment {
            status: AttachmentStatus::Stored,
            ..draft(ctx, uow, &self.new, self.blob_id, (self.size, self.sha256))
        };
        keep(ctx, uow, self.blob_id, self.size).await?;
        check_quota(uow, self.tenant_bytes_max, 0).await?;
        uow.attachments().insert(&attachment).await?;
        let view = AttachmentView::from(&attachment);
        record(uow, (ATTACHMENT, view.id), "created", None, Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Keeps noted bytes; an error when the clean-up was quicker. A dry run has written and noted nothing, so it notes
/// them here, where nothing lasts.
pub async fn keep(ctx: &RequestContext, uow: &mut dyn UnitOfWork, blob: BlobId, size: u64) -> AppResult<()> {
    if ctx.dry_run {
        let now = uow.now();
        uow.stored_blobs().note(BlobKind::Attachment, blob, Some(size), now).await?;
    }
    if uow.stored_blobs().keep(blob, size).await? {
        return Ok(());
    }
    Err(AppError::internal(format!("the blob {blob} was given up while it was being written")))
}

/// A new attachment, pending.
pub fn draft(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    new: &NewAttachment,
    blob_id: BlobId,
    (size, sha256): (u64, [u8; 32]),
) -> Attachment {
    let now = uow.now();
    Attachment {
        id: AttachmentId::new(uow.new_id()),
        document_type: new.document_type,
        document_id: new.document_id,
        name: new.name.clone(),
        description: new.description.clone(),
        content_type: new.content_type.clone(),
        size,
        sha256,
        status: AttachmentStatus::Pending,
        blob_id,
        expires_at: None,
        created_by: ctx.actor.user_id(),
        created_at: now,
        updated_at: now,
        version: 1,
    }
}
