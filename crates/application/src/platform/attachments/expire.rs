//! An upload that was announced and never completed is given up by the background.

use async_trait::async_trait;
use domain::ids::AttachmentId;
use domain::platform::attachment::AttachmentStatus;

use super::delete::remove;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct ExpireAttachment {
    pub id: AttachmentId,
}

#[async_trait]
impl Command for ExpireAttachment {
    const NAME: &'static str = "expire_attachment";
    const ACCESS: Access = Access::PlatformAdmin;
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let now = uow.now();
        let found = uow.attachments().find(self.id).await?;
        // Somebody may have completed or deleted it in the meantime.
        let expired = found.filter(|attachment| {
            attachment.status == AttachmentStatus::Pending
                && attachment.expires_at.is_some_and(|at| at <= now)
        });
        if let Some(attachment) = expired {
            remove(uow, &attachment, "expired").await?;
        }
        Ok(Done::new(()))
    }
}
