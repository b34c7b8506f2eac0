use application::platform::attachments::{Attachments, NewAttachment};
use axum::extract::{Request, State};
use http::header::CONTENT_TYPE;

use super::dto::{CreateAttachmentQuery, description};
use super::incoming::IncomingFile;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Query};

pub async fn create(
    State(attachments): State<Attachments>,
    ctx: Ctx,
    Query(query): Query<CreateAttachmentQuery>,
    request: Request,
) -> ApiResult {
    let file = IncomingFile::of(request)?;
    let declared = file.headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    let content_type = attachments.policy.content_type(declared, &query.name)?;
    let new = NewAttachment {
        document_type: query.document_type,
        document_id: query.document_id,
        name: query.name,
        description: description(query.description),
        content_type,
    };
    answer::created("/attachments", attachments.upload(ctx.0, new, file.expected, file.content).await?)
}
