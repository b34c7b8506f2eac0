use std::sync::Arc;

use application::platform::attachments::ports::AttachmentQueries;
use application::platform::attachments::{AttachmentView, readable_types};
use axum::extract::State;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, ListParams};

pub async fn list(
    State(queries): State<Arc<dyn AttachmentQueries>>,
    ctx: Ctx,
    params: ListParams<AttachmentView>,
    accept: Accept,
) -> ApiResult {
    let (tenant, types) = (ctx.tenant, Arc::new(readable_types(&ctx.permissions)));
    let page = move |query| {
        let (queries, types) = (queries.clone(), types.clone());
        async move { queries.attachments(tenant, &types, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}
