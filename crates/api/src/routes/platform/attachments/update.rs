use application::command::{Application, execute};
use application::platform::attachments::UpdateAttachment;
use axum::extract::State;
use domain::ids::AttachmentId;

use super::dto::{UpdateAttachmentBody, description};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};

pub async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<AttachmentId>,
    Json(body): Json<UpdateAttachmentBody>,
) -> ApiResult {
    let description = body.description.into_option().map(description);
    let command = UpdateAttachment { id, name: body.name.0, description };
    answer::ok(execute(&app, &ctx, command).await?)
}
