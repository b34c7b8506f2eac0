use application::platform::attachments::Attachments;
use axum::extract::{Path, Request, State};
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};

use super::LINK_UNKNOWN;
use super::content::send;
use super::incoming::IncomingFile;
use crate::answer::ApiResult;
use crate::attachment_links::{AttachmentLinks, Link, LinkPurpose};
use crate::problem::Problem;

pub async fn get(
    State(attachments): State<Attachments>,
    State(links): State<AttachmentLinks>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> ApiResult {
    let link = read(&attachments, &links, &token, LinkPurpose::Download)?;
    let attachment = attachments.find(link.tenant, link.attachment).await?;
    send(&attachments, link.tenant, attachment, &headers).await
}

pub async fn put(
    State(attachments): State<Attachments>,
    State(links): State<AttachmentLinks>,
    Path(token): Path<String>,
    request: Request,
) -> ApiResult {
    let link = read(&attachments, &links, &token, LinkPurpose::Upload)?;
    let file = IncomingFile::of(request)?;
    attachments.receive(link.tenant, link.attachment, file.content).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// One answer for whatever is not a link: nobody learns whether it was forged, old, or for something else.
fn read(
    attachments: &Attachments,
    links: &AttachmentLinks,
    token: &str,
    purpose: LinkPurpose,
) -> Result<Link, Problem> {
    links.read(token, purpose, attachments.app.clock.now()).ok_or_else(|| Problem::of(&LINK_UNKNOWN))
}
