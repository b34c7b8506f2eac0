use application::command::Executed;
use application::error::{AppError, AppResult};
use application::platform::attachments::Attachments;
use axum::extract::State;
use domain::ids::AttachmentId;
use domain::time::Timestamp;
use serde_json::json;

use super::dto::BeginAttachmentUploadBody;
use super::views::{HeaderView, UploadView};
use crate::answer::{self, ApiResult};
use crate::attachment_links::{AttachmentLinks, Link, LinkPurpose};
use crate::extract::{Ctx, Json};

pub async fn create(
    State(attachments): State<Attachments>,
    State(links): State<AttachmentLinks>,
    ctx: Ctx,
    Json(body): Json<BeginAttachmentUploadBody>,
) -> ApiResult {
    let size = u64::try_from(body.size.0).unwrap_or(u64::MAX);
    let content_type = attachments.policy.check_announced(&body.content_type, size)?;
    let sha256 = body.sha256.0;
    let executed = attachments.begin(&ctx, body.into_new(content_type), size, sha256).await?;
    let upload = match executed.id.filter(|_| !ctx.dry_run) {
        Some(id) => upload(&attachments, &links, &ctx, AttachmentId::new(id), executed.replayed).await?,
        None => None,
    };
    answer::created("/attachments", with_upload(executed, upload)?)
}

/// Where the file goes: to the store itself, or through us.
async fn upload(
    attachments: &Attachments,
    links: &AttachmentLinks,
    ctx: &Ctx,
    id: AttachmentId,
    replayed: bool,
) -> AppResult<Option<UploadView>> {
    let life = i64::try_from(attachments.policy.upload_url_life.as_secs()).unwrap_or(i64::MAX);
    let expires_at: Timestamp = attachments.app.clock.now().plus_seconds(life);
    let signed = match attachments.upload_url(ctx.tenant, id).await {
        // Completed or given up since the request was first answered.
        Err(_) if replayed => return Ok(None),
        signed => signed?,
    };
    let (url, headers) = match signed {
        Some(signed) => (signed.url, signed.headers),
        None => {
            let link = Link { purpose: LinkPurpose::Upload, tenant: ctx.tenant, attachment: id, expires_at };
            let url = links.url(&link).ok_or_else(|| AppError::internal("there is no key for links"))?;
            (url, vec![("content-type", "application/octet-stream")])
        }
    };
    let header = |(name, value): (&str, &str)| HeaderView { name: name.to_owned(), value: value.to_owned() };
    Ok(Some(UploadView {
        url,
        method: "PUT".to_owned(),
        headers: headers.into_iter().map(header).collect(),
        expires_at: expires_at.to_string(),
    }))
}

/// The stored answer never knew the URL: it is a secret, and made anew for each replay.
fn with_upload(executed: Executed, upload: Option<UploadView>) -> AppResult<Executed> {
    executed.with(|attachment| json!({ "attachment": attachment, "upload": upload }))
}
