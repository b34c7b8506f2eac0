//! `PATCH /attachments/{id}`: another name or description. Allowed at any time (R2); the bytes never change.

use async_trait::async_trait;
use domain::ids::AttachmentId;
use domain::platform::attachment::FileName;

use super::ATTACHMENT;
use super::complete::save;
use super::document::may_read;
use super::view::AttachmentView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::guard::record;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a member as it is.
#[derive(Debug, Clone)]
pub struct UpdateAttachment {
    pub id: AttachmentId,
    pub name: Option<FileName>,
    /// `Some(None)` removes it.
    pub description: Option<Option<String>>,
}

#[async_trait]
impl Command for UpdateAttachment {
    const NAME: &'static str = "update_attachment";
    const ACCESS: Access = Access::Permission("platform.attachment.update");
    type Output = AttachmentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AttachmentView>> {
        let found = uow.attachments().find(self.id).await?;
        let mut attachment = found.ok_or_else(|| AppError::not_found(ATTACHMENT))?;
        may_read(ctx, attachment.document_type)?;
        check_version(ctx, attachment.version)?;
        let before = AttachmentView::from(&attachment);
        if let Some(name) = &self.name {
            attachment.name = name.clone();
        }
        if let Some(description) = &self.description {
            attachment.description.clone_from(description);
        }
        attachment.updated_at = uow.now();
        attachment.version += 1;
        save(uow, &attachment).await?;
        let view = AttachmentView::from(&attachment);
        record(uow, (ATTACHMENT, view.id), "updated", Some(&before), Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
