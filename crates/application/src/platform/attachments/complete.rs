//! `POST /attachments/{id}/complete`: what was uploaded has been verified and copied to where nobody can replace it.

use async_trait::async_trait;
use domain::ids::{AttachmentId, BlobId};
use domain::platform::attachment::AttachmentStatus;

use super::ATTACHMENT;
use super::add::keep;
use super::document::may_read;
use super::records::Attachment;
use super::view::AttachmentView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::guard::record;
use crate::unit_of_work::UnitOfWork;

/// Completing what is complete changes nothing and is no error.
#[derive(Debug, Clone)]
pub struct CompleteAttachment {
    pub id: AttachmentId,
    /// The verified copy; `None` when the caller found the attachment stored already.
    pub copy: Option<BlobId>,
}

#[async_trait]
impl Command for CompleteAttachment {
    const NAME: &'static str = "complete_attachment";
    const ACCESS: Access = Access::Permission("platform.attachment.create");
    type Output = AttachmentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AttachmentView>> {
        let found = uow.attachments().find(self.id).await?;
        let before = found.ok_or_else(|| AppError::not_found(ATTACHMENT))?;
        may_read(ctx, before.document_type)?;
        let view = AttachmentView::from(&before);
        if before.status == AttachmentStatus::Stored {
            return Ok(Done::of(view.id, view.version, view));
        }
        check_version(ctx, before.version)?;
        let copy = self.copy.ok_or_else(|| AppError::internal("an upload is completed without its copy"))?;
        let now = uow.now();
        keep(ctx, uow, copy, before.size).await?;
        uow.stored_blobs().give_up(before.blob_id, now).await?;
        let after = Attachment {
            status: AttachmentStatus::Stored,
            blob_id: copy,
            expires_at: None,
            updated_at: now,
            version: before.version + 1,
            ..before
        };
        save(uow, &after).await?;
        let after = AttachmentView::from(&after);
        record(uow, (ATTACHMENT, after.id), "created", Some(&view), Some(&after))?;
        Ok(Done::of(after.id, after.version, after))
    }
}

/// Replaces an attachment that was read in this transaction.
pub async fn save(uow: &mut dyn UnitOfWork, attachment: &Attachment) -> AppResult<()> {
    if uow.attachments().update(attachment).await? {
        return Ok(());
    }
    let stale = domain::error::Violation::new(&crate::error::STALE_VERSION);
    Err(stale.with("current", attachment.version).into())
}
