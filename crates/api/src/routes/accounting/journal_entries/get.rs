use std::sync::Arc;

use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::error::AppError;
use axum::extract::State;
use domain::ids::JournalEntryId;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id};

pub async fn get(
    State(queries): State<Arc<dyn JournalEntryQueries>>,
    ctx: Ctx,
    Id(id): Id<JournalEntryId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.journal_entry(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("journal_entry"))?;
    answer::view(&view, Some(view.version), &headers)
}
