use application::platform::attachments::{AttachmentView, Attachments};
use axum::extract::State;
use domain::ids::AttachmentId;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn get(
    State(attachments): State<Attachments>,
    ctx: Ctx,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = AttachmentView::from(&attachments.readable(&ctx, id).await?);
    answer::view(&view, Some(view.version), &headers)
}
