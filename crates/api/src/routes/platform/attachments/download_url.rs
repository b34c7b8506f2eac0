use application::error::AppError;
use application::platform::attachments::Attachments;
use axum::extract::State;
use domain::ids::AttachmentId;

use super::views::DownloadUrlView;
use crate::answer::{self, ApiResult};
use crate::attachment_links::{AttachmentLinks, Link, LinkPurpose};
use crate::extract::{Ctx, Id};

pub async fn create(
    State(attachments): State<Attachments>,
    State(links): State<AttachmentLinks>,
    ctx: Ctx,
    Id(id): Id<AttachmentId>,
) -> ApiResult {
    let attachment = attachments.readable(&ctx, id).await?;
    let life = i64::try_from(attachments.policy.download_url_life.as_secs()).unwrap_or(i64::MAX);
    let expires_at = attachments.app.clock.now().plus_seconds(life);
    let url = match attachments.download_url(ctx.tenant, &attachment).await? {
        Some(signed) => signed.url,
        None => {
            let link =
                Link { purpose: LinkPurpose::Download, tenant: ctx.tenant, attachment: id, expires_at };
            links.url(&link).ok_or_else(|| AppError::internal("there is no key for links"))?
        }
    };
    answer::json(&DownloadUrlView { url, expires_at: expires_at.to_string() })
}
