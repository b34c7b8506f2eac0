//! `DELETE /attachments/{id}`. The bytes go after the commit; until then a rollback loses nothing.

use async_trait::async_trait;
use domain::ids::AttachmentId;
use domain::platform::attachment::DocumentType;
use uuid::Uuid;

use super::ATTACHMENT;
use super::document::{may_lose_evidence, may_read};
use super::records::Attachment;
use super::view::AttachmentView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::guard::record;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteAttachment {
    pub id: AttachmentId,
}

#[async_trait]
impl Command for DeleteAttachment {
    const NAME: &'static str = "delete_attachment";
    const ACCESS: Access = Access::Permission("platform.attachment.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let found = uow.attachments().find(self.id).await?;
        let attachment = found.ok_or_else(|| AppError::not_found(ATTACHMENT))?;
        may_read(ctx, attachment.document_type)?;
        check_version(ctx, attachment.version)?;
        may_lose_evidence(uow, attachment.document_type, attachment.document_id).await?;
        remove(uow, &attachment, "deleted").await?;
        Ok(Done::new(()))
    }
}

/// Removes the files of a draft that is deleted, in the same transaction.
pub async fn delete_with_document(uow: &mut dyn UnitOfWork, kind: DocumentType, id: Uuid) -> AppResult<()> {
    for attachment in uow.attachments().of_document(kind, id).await? {
        remove(uow, &attachment, "deleted").await?;
    }
    Ok(())
}

/// Takes an attachment away, gives its bytes up and leaves the trail.
pub async fn remove(
    uow: &mut dyn UnitOfWork,
    attachment: &Attachment,
    action: &'static str,
) -> AppResult<()> {
    if !uow.attachments().delete(attachment.id, attachment.version).await? {
        return Err(AppError::not_found(ATTACHMENT));
    }
    let now = uow.now();
    uow.stored_blobs().give_up(attachment.blob_id, now).await?;
    let before = AttachmentView::from(attachment);
    record(uow, (ATTACHMENT, before.id), action, Some(&before), None)
}
