use application::platform::attachments::{Attachment, Attachments, label};
use application::ports::blobs::hex;
use axum::extract::State;
use domain::ids::{AttachmentId, TenantId};
use http::HeaderMap;

use crate::answer::ApiResult;
use crate::answer::file::{self, FileFacts};
use crate::extract::{Ctx, Id};

pub async fn get(
    State(attachments): State<Attachments>,
    ctx: Ctx,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
) -> ApiResult {
    let attachment = attachments.readable(&ctx, id).await?;
    send(&attachments, ctx.tenant, attachment, &headers).await
}

/// The bytes of an attachment, or the part that is asked for.
pub async fn send(
    attachments: &Attachments,
    tenant: TenantId,
    attachment: Attachment,
    headers: &HeaderMap,
) -> ApiResult {
    let facts = FileFacts {
        sha256: hex(&attachment.sha256),
        size: attachment.size,
        label: label(&attachment.content_type, &attachment.name),
    };
    file::send(&facts, headers, |range| attachments.open(tenant, &attachment, range)).await
}
