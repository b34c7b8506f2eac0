//! `POST /attachments/uploads`: announces a file that the caller sends to a signed URL.

use async_trait::async_trait;
use domain::ids::BlobId;

use super::ATTACHMENT;
use super::add::draft;
use super::document::{may_read, takes_one_more};
use super::records::{Attachment, NewAttachment};
use super::register::check_quota;
use super::view::AttachmentView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::ports::blobs::BlobKind;
use crate::unit_of_work::UnitOfWork;

/// How long an upload may be completed after its URL has expired, in seconds.
const COMPLETION_GRACE_SECONDS: i64 = 60 * 60;

#[derive(Debug, Clone)]
pub struct BeginAttachmentUpload {
    pub new: NewAttachment,
    pub size: u64,
    pub sha256: [u8; 32],
    pub url_life_seconds: i64,
    pub tenant_bytes_max: Option<u64>,
}

#[async_trait]
impl Command for BeginAttachmentUpload {
    const NAME: &'static str = "create_attachment_upload";
    const ACCESS: Access = Access::Permission("platform.attachment.create");
    type Output = AttachmentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AttachmentView>> {
        may_read(ctx, self.new.document_type)?;
        takes_one_more(uow, self.new.document_type, self.new.document_id).await?;
        check_quota(uow, self.tenant_bytes_max, self.size).await?;
        let blob = BlobId::new(uow.new_id());
        let expires_at = uow.now().plus_seconds(self.url_life_seconds + COMPLETION_GRACE_SECONDS);
        // Outlives the attachment a little, so that one that is being completed does not lose its bytes.
        let delete_after = expires_at.plus_seconds(COMPLETION_GRACE_SECONDS);
        uow.stored_blobs().note(BlobKind::Upload, blob, Some(self.size), delete_after).await?;
        let attachment = Attachment {
            expires_at: Some(expires_at),
            ..draft(ctx, uow, &self.new, blob, (self.size, self.sha256))
        };
        uow.attachments().insert(&attachment).await?;
        let view = AttachmentView::from(&attachment);
        record(uow, (ATTACHMENT, view.id), "announced", None, Some(&view))?;
        Ok(Done::of(view.id, view.version, view))
    }
}
