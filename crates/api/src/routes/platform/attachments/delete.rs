use application::platform::attachments::Attachments;
use axum::extract::State;
use domain::ids::AttachmentId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn delete(State(attachments): State<Attachments>, ctx: Ctx, Id(id): Id<AttachmentId>) -> ApiResult {
    answer::no_content(attachments.delete(&ctx, id).await?)
}
